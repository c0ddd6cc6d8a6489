"""The headers that a page comes with: what it may load, and what browsers shall keep from it."""

from __future__ import annotations

from collections.abc import Mapping


def content_security_policy(
    *, script: str = "", style: str = "", connect: str = "", frame: str = ""
) -> str:
    """What a page may load: its own files, nothing inline, and what comes from these origins.

    Args:
        script: origins of further scripts, separated by spaces.
        style: origins of further styles.
        connect: origins that its scripts may ask.
        frame: origins of frames; none by default, not even our own.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {script}".strip(),
            f"style-src 'self' {style}".strip(),
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' {connect}".strip(),
            f"frame-src {frame}" if frame else "frame-src 'none'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "report-uri /csp-reports",
            "report-to csp",
        )
    )


def page_headers(policy: str) -> Mapping[str, str]:
    """The headers of a page under this content security policy."""
    return {
        "Content-Security-Policy": policy,
        "Reporting-Endpoints": 'csp="/csp-reports"',
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Robots-Tag": "noindex, nofollow",
    }
