"""What a person is told when set-up fails."""

import errno

import pytest

from local_runtime.set_up.failures import failure, failure_of_system, without_passwords


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("error: Failed to extract archive: x\n  Caused by: No space left on device (os error 28)", "disk is full"),
        ("OSError: [Errno 122] Disk quota exceeded", "disk is full"),
        ("error: failed to create directory `/p`: Read-only file system (os error 30)", "is read-only"),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/p'",
            "no permission to write",
        ),
        ("client error (Connect)\n invalid peer certificate: UnknownIssuer", "certificate of PyPI is not trusted"),
        (
            "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] …",
            "certificate of PyPI is not trusted",
        ),
        ("ProxyError('Cannot connect to proxy.', NewConnectionError('Connection refused'))", "the proxy let no"),
        ("tunnel error: unsuccessful: 407 Proxy Authentication Required", "the proxy let no"),
        ("HTTP status client error (401 Unauthorized) for url (https://m/simple/)", "PyPI refused the download"),
        ("error: Hash mismatch for `pandas==2.3.3`", "not the one in uv.lock"),
        ("dns error: failed to lookup address information: Name or service not known", "PyPI could not be reached"),
        ("tcp connect error: Connection refused (os error 111)", "PyPI could not be reached"),
        ("HTTP status server error (503 Service Unavailable)", "PyPI could not be reached"),
        ("error: wheel `x-1-cp311-none-macosx.whl` has no compatible wheel for your platform", "no build of a package"),
        ("Because tiny was not found in the package registry", "PyPI lacks a package"),
        ("error: something else", "see below"),
    ],
)
def test_136_each_failure_says_its_cause_and_what_the_tool_said(said, cause, tmp_path):
    message = str(failure("installing", said, "PyPI", tmp_path))
    assert message.startswith("installing failed: ")
    assert cause in message
    assert said.splitlines()[-1].strip() in message


@pytest.mark.parametrize(
    ("number", "cause"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EACCES, "no permission")]
)
def test_136_an_error_of_the_system_says_its_cause_and_the_file(number, cause, tmp_path):
    message = str(failure_of_system(OSError(number, "so it is", "/a/file"), tmp_path))
    assert cause in message
    assert "so it is: /a/file" in message


def test_passwords_are_not_told():
    assert without_passwords("at https://me:se%40cret@mirror/simple, http://x") == "at https://mirror/simple, http://x"
