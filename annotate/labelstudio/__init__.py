"""Everything that is Label Studio's: its server, its interface, its ids. None of it leaves this package.

access = resolve_access()
push(articles, codebook, "My project", access)
dataset = pull("My project", access)
"""

from __future__ import annotations

from annotate.labelstudio.access import Access, embedded_access, resolve_access
from annotate.labelstudio.adoption import adopt
from annotate.labelstudio.download import Pulled, pull, pull_into, refuse_source
from annotate.labelstudio.ledger import export_key, import_key
from annotate.labelstudio.migration import find_migration, migrate_project
from annotate.labelstudio.people import invite, sign_up
from annotate.labelstudio.projects import count_coders, find_codebook, find_number, list_titles
from annotate.labelstudio.submission import submit_annotations
from annotate.labelstudio.suggestions import Suggesting, Suggestions, suggest, suggest_live
from annotate.labelstudio.upload import Pushed, push
from annotate.server.credentials import default_data_folder, read_credentials
from annotate.server.embedded import Server, server_status, stop_server
from annotate.server.service import start_server

__all__ = [
    "Access",
    "Pulled",
    "Pushed",
    "Server",
    "Suggesting",
    "Suggestions",
    "adopt",
    "count_coders",
    "default_data_folder",
    "embedded_access",
    "export_key",
    "find_codebook",
    "find_migration",
    "find_number",
    "import_key",
    "invite",
    "list_titles",
    "migrate_project",
    "pull",
    "pull_into",
    "push",
    "read_credentials",
    "refuse_source",
    "resolve_access",
    "server_status",
    "sign_up",
    "start_server",
    "stop_server",
    "submit_annotations",
    "suggest",
    "suggest_live",
]
