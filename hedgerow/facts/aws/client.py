"""Clients of AWS, and what their errors mean to whoever typed the command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..unanswered import Unanswered

SIGN_IN = "run `aws sso login` or set AWS_PROFILE, then try again"
_EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
_UNKNOWN = ("AuthFailure", "InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException")
_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
_BUSY = ("RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException")


def client(service: str, region: str) -> Any:
    """A client of a service in a region, with the credentials of the environment; it tries again where throttled."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        service, region_name=region, config=Config(connect_timeout=10, retries={"mode": "standard", "max_attempts": 6})
    )


@contextmanager
def explained() -> Iterator[None]:
    """Turn the SDK's errors into Unanswered."""
    from botocore import exceptions

    try:
        yield
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError) as error:
        raise Unanswered(f"no AWS credentials were found; {SIGN_IN}") from error
    except (exceptions.SSOError, exceptions.TokenRetrievalError, exceptions.CredentialRetrievalError) as error:
        raise Unanswered(f"the AWS credentials cannot be used: {_line(error)}; {SIGN_IN}") from error
    except exceptions.ProfileNotFound as error:
        raise Unanswered(f"{_line(error)}; `aws configure list-profiles` names those there are") from error
    except exceptions.ClientError as error:
        raise Unanswered(_told(error.operation_name, error.response.get("Error", {}))) from error
    except exceptions.BotoCoreError as error:
        raise Unanswered(f"AWS did not answer: {_line(error)}; check the region's name and the network") from error
    except (KeyError, TypeError, ValueError) as error:
        raise Unanswered(f"AWS answered something that hedgerow cannot read: {error!r}; please report it") from error


def _told(operation: str, answer: dict[str, str]) -> str:
    code, message = answer.get("Code", "without a code"), " ".join(answer.get("Message", "").split())
    if code in _EXPIRED:
        return f"the AWS credentials have expired; {SIGN_IN}"
    if code in _UNKNOWN:
        return f"AWS does not know these credentials ({code}), or the region is not on in their account; {SIGN_IN}"
    if code in _DENIED:
        return f"AWS refused {operation}: {message}; let the caller's role do it: reading is enough"
    if code in _BUSY:
        return f"AWS refused {operation} for too many requests ({code}); try again in a minute"
    return f"AWS refused {operation} ({code}): {message}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
