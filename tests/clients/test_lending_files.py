"""Files (§2.17), by Codat's Lending client."""

import io
import zipfile

from codat_lending.models import errors

from sandbox import START, SandboxTest


class Files(SandboxTest):
    def upload(self, company, connection, name, content):
        file = {"file": {"file_name": name, "content": content}}
        of = {"company_id": company, "connection_id": connection, "file_upload": file}
        return self.lending.file_upload.upload(request=of)

    def upload_platform(self):
        """The key of an integration that takes files."""
        listed = self.platform.integrations.list(request={"query": "name~file upload", "page_size": 100})
        return next(it.key for it in listed.results if it.enabled)

    def test_files_are_uploaded_listed_and_downloaded(self):
        company = self.company()
        connection = self.linked(company, self.upload_platform())
        self.assertEqual(self.lending.file_upload.list_uploaded(request={"company_id": company}), [])
        contents = {"books.csv": b"a,b\n1,2\n", "letter.pdf": b"%PDF-1.4 letter"}
        for name, content in contents.items():
            self.assertIsNone(self.upload(company, connection, name, content))
        listed = self.lending.file_upload.list_uploaded(request={"company_id": company})
        self.assertEqual({it.file_name for it in listed}, set(contents))
        self.assertEqual({it.uploaded[:19] for it in listed}, {START[:19]})

        of = {"company_id": company}
        for asked in (of, {**of, "date_": START[:10]}):
            archive = self.lending.file_upload.download(request=asked).content
            with zipfile.ZipFile(io.BytesIO(archive)) as files:
                found = {info.filename.rsplit("/", 1)[-1]: files.read(info) for info in files.infolist()}
            self.assertEqual(found, contents)
        other_day = {**of, "date_": "2026-11-01"}
        self.refused(errors.ErrorMessage, 404, self.lending.file_upload.download, request=other_day)

    def test_kinds_and_connections_that_take_no_files_are_refused(self):
        company = self.company()
        connection = self.linked(company, self.upload_platform())
        self.refused(errors.CodatLendingError, 400, self.upload, company, connection, "run.exe", b"MZ")
        books = self.linked(company, "mqjo")
        self.refused(errors.CodatLendingError, 400, self.upload, company, books, "books.csv", b"a,b")
        self.assertEqual(self.lending.file_upload.list_uploaded(request={"company_id": company}), [])
