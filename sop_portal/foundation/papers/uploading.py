"""Receiving files: on the disk, never in memory, and no more of them than can be kept."""

from errno import EDQUOT, ENOSPC
from tempfile import TemporaryFile

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from sop_portal.foundation.papers.child.look import PaperProblem

SKIPPED = "skipped_files"


def skipped_files(request: HttpRequest) -> int:
    """How many files of a form were not received, because there were too many."""
    return getattr(request, SKIPPED, 0)


class ReceivedFile(UploadedFile):  # type: ignore[type-arg]
    """A file without a name on the disk: it is gone when the request is over, however it ends.

    `stopped_because` says why it is not all there.
    """

    stopped_because: PaperProblem | None = None


class BoundedUpload(FileUploadHandler):
    """Writes what comes to the disk, up to one byte more than may be kept, so that too much is known as too much.

    All files of one request take no more than so many of the largest; where there are more than so many, the rest is
    read past and counted. A disk that is full stops no page: the file says so, and the rest of the form is read.
    """

    file: ReceivedFile

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.begun = self.received = 0
        self.left_over = settings.PAPERS_LARGEST * settings.PAPERS_AT_ONCE

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self.begun += 1
        if self.begun > settings.PAPERS_AT_ONCE:
            setattr(self.request, SKIPPED, self.begun - settings.PAPERS_AT_ONCE)
            raise SkipFile
        self.received = 0
        self.file = ReceivedFile(
            TemporaryFile(),  # noqa: SIM115
            self.file_name,
            self.content_type,
            0,
            self.charset,
            self.content_type_extra,
        )

    def receive(self, raw_data: bytes, start: int) -> None:
        """Write a piece, as long as there is room for it."""
        wanted = raw_data[: max(settings.PAPERS_LARGEST + 1 - self.received, 0)]
        piece = wanted[: self.left_over]
        if len(piece) < len(wanted):
            self.file.stopped_because = PaperProblem.TOO_MUCH_AT_ONCE
        try:
            self.file.write(piece)
        except OSError as error:
            if error.errno not in (ENOSPC, EDQUOT):
                raise
            self.file.stopped_because = PaperProblem.DISK_FULL
        self.received += len(piece)
        self.left_over -= len(piece)

    receive_data_chunk = receive

    def file_complete(self, file_size: int) -> ReceivedFile:
        """The file as far as it was written; its size is what was sent."""
        done = self.file
        # Where the next one is skipped, Django closes the file that is under way: this one no longer is.
        del self.file
        done.seek(0)
        done.size = file_size
        return done

    def upload_interrupted(self) -> None:
        """Whoever sends hung up."""
        if hasattr(self, "file"):
            self.file.close()
