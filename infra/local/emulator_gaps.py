"""What the emulator lacks to take `template.yaml` as the SAM command hands it over.

The local stack does without this: it fits the template first (`infra.local.template`). The names
that are replaced here are those of the release of the emulator that requirements/run.in pins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local.template import Template, leave_out_rollout, spell_out_apis

Properties = Mapping[str, Any]


def fill_gaps() -> None:
    """Let this process, before it becomes the emulator, take what it would refuse or pass over."""
    import ministack.services.cloudformation.provisioners as provisioners
    import samtranslator.translator.transform as sam

    translate, alarm = sam.transform, provisioners._cw_metric_alarm_record
    mapping = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
    create_mapping = mapping["create"]

    def with_routes(*args: Any, **kwargs: Any) -> Template:
        template: Template = translate(*args, **kwargs)
        spell_out_apis(template)
        leave_out_rollout(template)
        return template

    def alarm_on_one_metric(name: str, properties: Properties) -> Any:
        return alarm(name, _of_first_metric(properties))

    def mapping_by_numbers(logical_id: str, properties: Properties, stack_name: str) -> Any:
        return create_mapping(logical_id, _with_concurrency(properties), stack_name)

    sam.transform = with_routes
    provisioners._cw_metric_alarm_record = alarm_on_one_metric
    mapping["create"] = mapping_by_numbers


def _of_first_metric(properties: Properties) -> dict[str, Any]:
    """An alarm that is reckoned from several metrics, on the first of them; none ring here."""
    settled = dict(properties)
    for first in settled.pop("Metrics", [])[:1]:
        counted = first["MetricStat"]
        settled |= counted["Metric"]
        settled |= {"Period": counted["Period"], "Statistic": counted["Stat"]}
    return settled


def _with_concurrency(properties: Properties) -> dict[str, Any]:
    """A queue's concurrency as a number: a parameter gives text, and nothing would be polled."""
    settled = dict(properties)
    if scaling := settled.get("ScalingConfig"):
        settled["ScalingConfig"] = {name: int(value) for name, value in scaling.items()}
    return settled
