"""Clients of Google Cloud, and what their errors mean to whoever typed the command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..unanswered import Unanswered

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
SIGN_IN = "run `gcloud auth application-default login`, then try again"
_SAID = {
    401: f"does not know these credentials; {SIGN_IN}",
    403: "refused; let the caller have roles/compute.viewer and roles/container.viewer, and the APIs be on",
    404: "has no such project or region; check --project and --region",
    429: "refused for too many requests; try again in a minute",
}


def clients() -> tuple[Any, Any]:
    """A session for Compute Engine, and a client of GKE over HTTPS, with the application default credentials."""
    import google.auth
    from google.auth.transport.requests import AuthorizedSession
    from google.cloud.container_v1 import ClusterManagerClient

    credentials, _ = google.auth.default(scopes=[SCOPE])
    session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
    return session, ClusterManagerClient(credentials=credentials, transport="rest")


@contextmanager
def explained() -> Iterator[None]:
    """Turn the SDK's errors into Unanswered."""
    from google.api_core import exceptions as api
    from google.auth import exceptions as auth
    from requests import exceptions as http

    try:
        yield
    except auth.DefaultCredentialsError as error:
        raise Unanswered(f"no Google Cloud credentials were found; {SIGN_IN}") from error
    except auth.RefreshError as error:
        raise Unanswered(f"the Google Cloud credentials cannot be used: {_line(error)}; {SIGN_IN}") from error
    except api.GoogleAPICallError as error:
        raise Unanswered(_told("GKE", error.code, _reason(error.response) or error.message)) from error
    except http.HTTPError as error:
        raise Unanswered(_told("Compute Engine", _status(error.response), _reason(error.response))) from error
    except (auth.GoogleAuthError, api.GoogleAPIError, http.RequestException) as error:
        raise Unanswered(f"Google Cloud did not answer: {_line(error)}; check the network") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unanswered(f"Google Cloud answered what hedgerow cannot read: {error!r}; please report it") from error


def _told(service: str, code: int | None, message: str) -> str:
    status = int(code or 0)
    said = _SAID.get(status, f"answered with status {status}; try again later")
    happened, _, fix = said.partition("; ")
    return f"{service} {happened} ({' '.join(message.split())}); {fix}"


def _status(response: Any) -> int:
    return int(response.status_code)


def _reason(response: Any) -> str:
    try:
        return str(response.json()["error"]["message"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return str(getattr(response, "reason", ""))


def _line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
