"""The patient portal: pages and the API behind them."""
