"""Everything the product keeps: PynamoDB over one DynamoDB table."""
