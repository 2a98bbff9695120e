"""Searching threads: words in any script, and what was said in a voice note as somebody of ours wrote it out."""

import sqlalchemy as sa
from alembic import op

revision = "0070_thread_search"
down_revision = "0064_desk"
branch_labels = None
depends_on = None

# Letters without their accents and vowel marks, in small letters (in a database of locale C only Latin ones); what stands between words becomes a space, and
# scripts that put none between words get one after each sign. The parser of full text sees nothing but words then,
# whatever the locale of the database is.
FOLD = r"""
CREATE FUNCTION search_fold(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    regexp_replace(
        regexp_replace(
            translate(
                regexp_replace(
                    lower(normalize(left(said, 20000), NFKD)),
                    '[\u0300-\u036F\u0483-\u0487\u0591-\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06ED]', '', 'g'
                ),
                'łøđıħŧæœßىةیک', 'lodihtaosيهيك'
            ),
            '[\u0001-/:-@\[-`{-\u00BF\u060C\u061B\u061F\u06D4\u1361-\u1368\u2000-\u206F\u3000-\u303F]+', ' ', 'g'
        ),
        '([\u0E00-\u0E7F\u1000-\u109F\u1780-\u17FF\u3040-\u30FF\u3400-\u9FFF])', ' \1 ', 'g'
    )
"""
WORDS = """
CREATE FUNCTION search_words(said text, about text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    to_tsvector('simple'::regconfig, search_fold(coalesce(said, '') || ' ' || coalesce(about, '')))
"""
# Every word may be the beginning of one: "dipl secun" finds "diploma secundair".
QUERY = r"""
CREATE FUNCTION search_query(wanted text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    to_tsquery('simple'::regconfig, (
        SELECT string_agg('''' || word || ''':*', ' & ')
        FROM regexp_split_to_table(search_fold(wanted), ' +') AS word WHERE word <> ''
    ))
"""


def upgrade() -> None:
    op.add_column("attachment", sa.Column("transcript", sa.Text(), nullable=True))
    op.add_column("attachment", sa.Column("transcript_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_attachment_transcript_by_staff"), "attachment", "staff", ["transcript_by"], ["id"]
    )
    for statement in (FOLD, WORDS, QUERY):
        op.execute(statement)
    op.execute("CREATE INDEX ix_message_words ON message USING gin (search_words(text, subject))")
    op.execute("CREATE INDEX ix_note_words ON note USING gin (search_words(text, NULL))")
    op.execute("CREATE INDEX ix_attachment_words ON attachment USING gin (search_words(transcript, NULL))")


def downgrade() -> None:
    op.drop_index("ix_attachment_words", "attachment")
    op.drop_index("ix_note_words", "note")
    op.drop_index("ix_message_words", "message")
    op.execute("DROP FUNCTION search_query(text)")
    op.execute("DROP FUNCTION search_words(text, text)")
    op.execute("DROP FUNCTION search_fold(text)")
    op.drop_constraint(op.f("fk_attachment_transcript_by_staff"), "attachment", type_="foreignkey")
    op.drop_column("attachment", "transcript_by")
    op.drop_column("attachment", "transcript")
