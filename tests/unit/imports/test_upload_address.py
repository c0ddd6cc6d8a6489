"""Where browsers put large files: at the address that the console's policy allows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from botocore.session import Session

from balance_alerts.http_api.exchange import Request
from balance_alerts.store.import_files import UPLOADS, UploadBucket
from staff.console import Console, ConsoleConfig


@pytest.mark.parametrize("region", ["us-east-1", "us-west-2"])
def test_a_file_is_put_at_the_buckets_own_address_in_its_region(region: str) -> None:
    """As CloudFormation tells it by RegionalDomainName."""
    client = Session().create_client(
        "s3",
        region_name=region,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=UPLOADS,
    )
    url = UploadBucket(client, "files").upload_url("imports/a.csv", within=timedelta(hours=1))
    assert url.startswith(f"https://files.s3.{region}.amazonaws.com/imports/a.csv?")
    assert "X-Amz-SignedHeaders=host&" in url, "browsers add headers of their own"


def test_the_console_may_ask_the_sign_in_page_and_put_imports_and_nothing_else() -> None:
    sign_in, uploads = "https://staff.example", "https://files.s3.us-west-2.amazonaws.com/imports/"
    config = ConsoleConfig(sign_in_url=sign_in, client_id="console")
    page = Console(config, uploads_url=uploads).show_console(
        Request(parameters={}, query={}, headers={}, body=None)
    )
    policy = page.headers["Content-Security-Policy"].split("; ")
    assert f"connect-src 'self' {sign_in} {uploads}" in policy
