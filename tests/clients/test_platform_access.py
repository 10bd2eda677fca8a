"""Access tokens and allowed origins (§2.9), and their deprecated twins, by Codat's Platform client."""

from codat_platform.models import errors

from sandbox import NOBODY, SandboxTest

ORIGINS = {"allowed_origins": ["https://app.acme.test", "http://localhost:3000"]}


class Access(SandboxTest):
    def test_a_token_is_for_one_company_and_one_day(self):
        one, other = self.company(), self.company()
        token = self.platform.companies.get_access_token(request={"company_id": one})
        self.assertEqual((token.expires_in, token.token_type), (86_400, "Bearer"))
        elsewhere = self.platform.companies.get_access_token(request={"company_id": other})
        self.assertNotEqual(token.access_token, elsewhere.access_token)
        nobody = {"company_id": NOBODY}
        self.refused(errors.ErrorMessage, 404, self.platform.companies.get_access_token, request=nobody)

    def test_origins_are_set_and_read(self):
        self.assertEqual(self.platform.settings.get().allowed_origins, [])
        self.assertEqual(
            self.platform.settings.set(request=ORIGINS).allowed_origins, ORIGINS["allowed_origins"]
        )
        self.assertEqual(self.platform.settings.get().allowed_origins, ORIGINS["allowed_origins"])

    def test_the_old_twins_are_gone(self):
        company = {"company_id": self.company()}
        for call, named in (
            (self.platform.connection_management.get, {"request": company}),
            (self.platform.cors.get, {}),
            (self.platform.cors.set, {"request": ORIGINS}),
        ):
            refusal = self.refused(errors.CodatPlatformError, 404, call, **named)
            self.assertIn('"error":"NotFound"', refusal.body)


class Twins(SandboxTest):
    NOW = "2026-10-01T09:00:00Z"

    def test_the_old_twins_answer_until_their_day(self):
        company = {"company_id": self.company()}
        old = self.platform.connection_management.get(request=company)
        new = self.platform.companies.get_access_token(request=company)
        self.assertEqual(old.access_token, new.access_token)
        self.assertEqual(self.platform.cors.set(request=ORIGINS).allowed_origins, ORIGINS["allowed_origins"])
        self.assertEqual(self.platform.cors.get().allowed_origins, ORIGINS["allowed_origins"])
        self.assertEqual(self.platform.settings.get().allowed_origins, ORIGINS["allowed_origins"])
