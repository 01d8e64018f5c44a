"""The manifests for Kubernetes: valid by the published schemas, true to what there is. Needs no cluster."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from service.api.routes import health
from service.cli import app
from service.cluster.nodes import NodeOptions, command
from service.settings import Settings

kubernetes_validate = pytest.importorskip("kubernetes_validate")

FOLDER = Path(__file__).resolve().parents[2] / "docker" / "kubernetes"
DOCS = FOLDER.parents[1] / "docs" / "cluster.md"
VERSIONS = ("1.34", "1.37")
WORKLOADS = ("Deployment", "StatefulSet")
ADDRESS = re.compile(r"\b10\.\d+\.\d+\.\d+/\d+\b")


class UniqueKeys(yaml.SafeLoader):  # type: ignore[misc]
    """Refuses a key that comes twice, which YAML's own reader lets win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"twice: {keys}, {node.start_mark}"
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def manifests() -> list[dict[str, Any]]:
    """Return every manifest that kustomization.yaml names."""
    listed = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    texts = [(FOLDER / name).read_text() for name in listed]
    return [one for text in texts for one in yaml.load_all(text, UniqueKeys)]


ALL = manifests()
BY_NAME = {(one["kind"], one["metadata"]["name"]): one for one in ALL}
PODS = {name: one["spec"]["template"] for (kind, name), one in BY_NAME.items() if kind in WORKLOADS}
POLICIES = [one["spec"] for one in ALL if one["kind"] == "NetworkPolicy"]


def containers() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Give each pod's specification with each of its containers."""
    for pod in PODS.values():
        for container in pod["spec"]["containers"]:
            yield pod["spec"], container


def settings_of(container: dict[str, Any]) -> dict[str, str]:
    """Return a container's variables, those of its config maps included."""
    maps = [BY_NAME["ConfigMap", each["configMapRef"]["name"]]["data"] for each in container["envFrom"]]
    own = {each["name"]: each.get("value", "") for each in container["env"]}
    return {name: value for data in (*maps, own) for name, value in data.items()}


def chosen(selector: dict[str, Any]) -> set[str]:
    """Return the names of the workloads whose pods a selector chooses."""

    def fits(labels: dict[str, str]) -> bool:
        exact = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
        return exact and all(
            one["operator"] == "In" and labels.get(one["key"]) in one["values"]
            for one in selector.get("matchExpressions", ())
        )

    return {name for name, pod in PODS.items() if fits(pod["metadata"]["labels"])}


def test_every_file_is_named() -> None:
    """A manifest that kustomization.yaml forgets would never be applied."""
    listed = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    assert {path.name for path in FOLDER.glob("*.yaml")} == {*listed, "kustomization.yaml"}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_manifests_fit_the_published_schemas(one: dict[str, Any], version: str) -> None:
    """Strictly: a field that the version does not know is a mistake, not an extension."""
    kubernetes_validate.validate(one, version, strict=True)


def test_a_mistake_would_be_found() -> None:
    """The schemas are there and bite: a wrong type, and a field that does not exist."""
    for change in ({"replicas": "two"}, {"replica": 2}):
        wrong = {**BY_NAME["StatefulSet", "barwatch"]}
        wrong["spec"] = {**wrong["spec"], **change}
        with pytest.raises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


def test_each_container_runs_a_command_that_there_is() -> None:
    """By its name and each of its options."""
    program = typer.main.get_command(app)
    for _, container in containers():
        name, *given = container["args"]
        found = program.get_command(None, name)  # type: ignore[attr-defined]
        assert found is not None, name
        known = {option for parameter in found.params for option in parameter.opts}
        assert {each for each in given if each.startswith("--")} <= known, given
        assert "command" not in container  # the image's entry point


def test_variables_are_settings_and_secrets_are_mounted() -> None:
    """What nobody reads would be a wish; a secret's file that is not there ends the start."""
    known = {f"BARWATCH_{name.upper()}" for name in Settings.model_fields}
    named: set[str] = set()
    for spec, container in containers():
        variables = settings_of(container)
        assert set(variables) - {"POD_IP"} <= known
        (volume,) = [each["secret"] for each in spec["volumes"] if "secret" in each]
        keys = {item["key"] for item in volume.get("items", ())}
        (mount,) = [each for each in container["volumeMounts"] if each["name"] == "secrets"]
        for name, value in variables.items():
            if name.endswith("_FILE"):
                folder, _, key = value.rpartition("/")
                assert (folder, mount["readOnly"]) == (mount["mountPath"], True)
                assert not keys or key in keys
                named.add(key)
            assert not re.search(r"(TOKEN|SECRET_KEY|DATABASE_URL)$", name), "a secret in the clear"
    made = set(re.findall(r"--from-file=(\w+)=", DOCS.read_text()))
    assert made == named
    for name, value in settings_of(next(containers())[1]).items():
        if name.startswith("BARWATCH_") and "POD_IP" not in value:
            Settings(**{name.removeprefix("BARWATCH_").lower(): value})  # type: ignore[arg-type]


def test_pods_may_do_nothing_that_they_need_not() -> None:
    """As the compose file's containers: no root, no rights, nothing to write to but what is named."""
    for spec, container in containers():
        pod, own = spec["securityContext"], container["securityContext"]
        assert (pod["runAsNonRoot"], pod["runAsUser"]) == (True, 10001)
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
        assert (own["allowPrivilegeEscalation"], own["readOnlyRootFilesystem"]) == (False, True)
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert not spec["automountServiceAccountToken"]
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]
        assert all("sizeLimit" in each["emptyDir"] for each in spec["volumes"] if "emptyDir" in each)
        assert {"/tmp", "/dev/shm", "/data"} <= {each["mountPath"] for each in container["volumeMounts"]}


def test_probes_ask_what_answers() -> None:
    """Ports by their names, and paths that the API has; whether carriers are judged restarts nothing."""
    paths = {getattr(route, "path", "") for route in health.router.routes}
    for _, container in containers():
        ports = {each["name"]: each["containerPort"] for each in container["ports"]}
        for kind in ("readinessProbe", "livenessProbe"):
            asks = container[kind].get("httpGet") or container[kind]["tcpSocket"]
            assert asks["port"] in ports
            assert asks.get("path") in {None, "/health/live"} & {None, *paths}
    serving = BY_NAME["StatefulSet", "barwatch"]["spec"]["template"]["spec"]["containers"][0]
    image = (FOLDER.parent / "Dockerfile").read_text()
    assert f"BARWATCH_PORT={serving['ports'][0]['containerPort']}" in image


def test_services_and_budgets_choose_pods_that_there_are() -> None:
    """By labels, ports by name; and the budgets leave one service, and all but one worker."""
    for (kind, name), one in BY_NAME.items():
        if kind == "Service":
            found = chosen({"matchLabels": one["spec"]["selector"]})
            assert len(found) == 1, name
            (container,) = PODS[found.pop()]["spec"]["containers"]
            assert {port["targetPort"] for port in one["spec"]["ports"]} <= {
                port["name"] for port in container["ports"]
            }
        if kind == "PodDisruptionBudget":
            assert chosen(one["spec"]["selector"]) == {name}
    budget = BY_NAME["PodDisruptionBudget", "barwatch"]["spec"]
    assert 0 < budget["minAvailable"] < BY_NAME["StatefulSet", "barwatch"]["spec"]["replicas"]
    (rule,) = BY_NAME["Ingress", "barwatch"]["spec"]["rules"]
    assert settings_of(next(containers())[1])["BARWATCH_PUBLIC_URL"] == f"https://{rule['host']}"
    spread = PODS["barwatch"]["spec"]["affinity"]["podAntiAffinity"]
    (apart,) = spread["requiredDuringSchedulingIgnoredDuringExecution"]
    assert chosen(apart["labelSelector"]) == {"barwatch"}


def _ends(rule: dict[str, Any], side: str) -> set[str]:
    """Return the workloads that a rule lets in or reaches; none for addresses and other namespaces."""
    selectors = [each["podSelector"] for each in rule.get(side, ()) if "podSelector" in each]
    return {name for selector in selectors for name in chosen(selector)}


def test_policies_name_ports_that_are_used() -> None:
    """Of the pods that they protect or reach; what is elsewhere: its protocol's own."""
    options = command(NodeOptions(Path("token"), "ray-head:6379", ports=(6380, 6480)))
    ray = {int(one.rpartition("=")[2]) for one in options if re.fullmatch(r"--[a-z-]+-port=\d+", one)}
    used = {
        "barwatch": {8000},
        "ray-head": {6379, *ray},
        "ray-worker": ray,
    }
    declared = {
        name: {port["containerPort"] for port in pod["spec"]["containers"][0]["ports"]}
        for name, pod in PODS.items()
    }
    assert all(ports <= used[name] for name, ports in declared.items())
    seen: dict[str, set[int]] = {name: set() for name in PODS}
    for policy in POLICIES:
        protects = chosen(policy["podSelector"])
        assert protects
        for rule in policy.get("ingress", ()):
            for port in rule["ports"]:
                first, last = port["port"], port.get("endPort", port["port"])
                if first < 32768:
                    for name in protects:
                        seen[name] |= {each for each in used[name] if first <= each <= last}
                    assert any(first <= each <= last for name in protects for each in used[name])
    assert seen == used
    for name in ("ray-head", "ray-worker"):
        given = PODS[name]["spec"]["containers"][0]["args"]
        assert given[given.index("--ports") + 1] == "6380-6480"


def test_policies_let_out_what_is_needed_and_no_more() -> None:
    """Nothing by default; cameras where the settings say that they are; the database at PostgreSQL's port."""
    (default,) = [one for one in POLICIES if one["podSelector"] == {} and "egress" not in one]
    assert default == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    text = (FOLDER / "network.yaml").read_text()
    cameras = BY_NAME["NetworkPolicy", "cameras"]["spec"]
    (rule,) = cameras["egress"]
    assert chosen(cameras["podSelector"]) == {"barwatch", "ray-worker"}
    allowed = {each["ipBlock"]["cidr"] for each in rule["to"]}
    assert allowed == {settings_of(next(containers())[1])["BARWATCH_CAMERA_NETWORKS"]}
    assert {each["port"] for each in rule["ports"]} == {554, 80, 443}
    assert "0.0.0.0/0" not in text
    assert len(set(ADDRESS.findall(text))) == 2
    ray = BY_NAME["NetworkPolicy", "ray"]["spec"]
    for side, rules in (("from", ray["ingress"]), ("to", ray["egress"])):
        (rule,) = rules
        assert set(rule[side][0]) == {"podSelector"}  # of this namespace, and no address
        assert _ends(rule, side) == set(PODS)


def test_the_image_gets_the_extras_that_a_cluster_needs() -> None:
    """Named where the image is named, as the compose override builds it."""
    said = inspect.cleandoc((FOLDER / "kustomization.yaml").read_text())
    assert 'BARWATCH_EXTRAS="evidence ray"' in said
