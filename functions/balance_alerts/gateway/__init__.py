"""Authorize.net as it speaks: requests, answers, reports, signatures, and where credentials lie."""
