"""The papers of a meeting as .docx: notice with slip, agenda, sign-in sheet, words for the chair, name cards; and agencies' own templates."""
