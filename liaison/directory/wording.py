"""The words for what the directory stores as codes."""

from liaison.i18n import N_

KIND_NAMES = {
    "procuratorate": N_("Procuratorate"),
    "court": N_("Court"),
    "administration": N_("Administrative authority"),
    "public_institution": N_("Public institution"),
    "mass_organisation": N_("Mass organisation"),
    "other": N_("Other"),
    "outside": N_("Body from outside"),
}
