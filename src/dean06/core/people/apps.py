from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "dean06.core.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dean06.core.access.policies import register_reference, register_scoped
        from dean06.core.people import seal
        from dean06.core.vault import guard_creation

        register_scoped("people_person")
        register_reference(
            "people_key_seal", reason="fingerprints of keys are no secret; all writers ask them"
        )
        register_reference(
            "people_former_key",
            reason="pairs of blind indexes, which tell nobody; citizens of no unit ask them",
        )
        guard_creation(seal.refuse_new_keys, then=seal.write)
