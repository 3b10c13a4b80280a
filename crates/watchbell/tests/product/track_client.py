"""Uses the generated client of Dependency-Track's interface as a pipeline does, whole.

Arguments: address, key, BOM, VEX document. Prints one JSON document with what the client read.
"""

import base64
import json
import sys

from owasp_dt import Client
from owasp_dt.api.bom import (
    export_project_as_cyclone_dx,
    is_token_being_processed,
    upload_bom,
    upload_bom_base_64_encoded,
)
from owasp_dt.api.event import is_token_being_processed_1
from owasp_dt.api.finding import (
    analyze_project,
    export_findings_by_project,
    get_findings_by_project,
)
from owasp_dt.api.metrics import get_project_current_metrics
from owasp_dt.api.project import (
    get_latest_project_by_name,
    get_project,
    get_project_by_name_and_version,
    get_projects,
    get_projects_by_tag,
    patch_project,
)
from owasp_dt.api.team import get_self
from owasp_dt.api.version import get_version
from owasp_dt.api.vex import upload_vex
from owasp_dt.api.violation import get_violations_by_project
from owasp_dt.models import BomSubmitRequest, Project, UploadBomBody, VexSubmitRequest
from owasp_dt.types import File

address, key, bom, vex = sys.argv[1:5]
client = Client(
    base_url=address + "/api", headers={"X-Api-Key": key}, raise_on_unexpected_status=True
)
said = {"version": get_version.sync(client=client).version}
said["permissions"] = sorted(one.name for one in get_self.sync(client=client).permissions)

with open(bom, "rb") as document:
    body = UploadBomBody(
        project_name="till",
        project_version="2.0",
        auto_create=True,
        is_latest=True,
        project_tags="team-a,web",
        bom=File(payload=document),
    )
    uploaded = upload_bom.sync(client=client, body=body)
project = uploaded.project_uuid
said["processing"] = [
    is_token_being_processed_1.sync(client=client, uuid=uploaded.token).processing,
    is_token_being_processed.sync(client=client, uuid=uploaded.token).processing,
]

looked_up = get_project_by_name_and_version.sync(client=client, name="till", version="2.0")
latest = get_latest_project_by_name.sync(client=client, name="till")
said["same"] = [
    looked_up.uuid == project,
    latest.uuid == project,
    get_project.sync(client=client, uuid=project).name == "till",
]
said["tags"] = [tag.name for tag in looked_up.tags]
said["projects"] = [one.name for one in get_projects.sync(client=client)]
said["tagged"] = [one.name for one in get_projects_by_tag.sync(client=client, tag="web")]
patch_project.sync_detailed(client=client, uuid=project, body=Project(description="A till"))


def findings(**more):
    found = get_findings_by_project.sync(client=client, uuid=project, **more)
    return [
        [one.vulnerability.vuln_id, one.component.name, one.vulnerability.severity, one.analysis.state]
        for one in found
    ]


said["findings"] = findings()
said["export"] = export_findings_by_project.sync(client=client, uuid=project)["version"]
metrics = get_project_current_metrics.sync(client=client, uuid=project)
said["metrics"] = [metrics.critical, metrics.medium, metrics.components]
said["violations"] = get_violations_by_project.sync(client=client, uuid=project)
analyze_project.sync(client=client, uuid=project)
with open(bom, "rb") as document:
    sent = document.read()
exported = export_project_as_cyclone_dx.sync(client=client, uuid=project)
said["given_back"] = exported == sent

with open(vex, "rb") as document:
    body = VexSubmitRequest(
        project=str(project),
        project_name="till",
        project_version="2.0",
        vex=base64.b64encode(document.read()).decode(),
    )
upload_vex.sync(client=client, body=body)
body = BomSubmitRequest(
    project=str(project),
    project_name="till",
    project_version="2.0",
    project_tags=[],
    auto_create=False,
    bom=base64.b64encode(sent).decode(),
)
upload_bom_base_64_encoded.sync(client=client, body=body)
said["after_vex"] = findings()
said["suppressed"] = findings(suppressed=True)
print(json.dumps(said))
