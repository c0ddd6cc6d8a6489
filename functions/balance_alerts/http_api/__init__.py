"""What the HTTP APIs share: shapes of bodies, declared operations, problem details, serving."""
