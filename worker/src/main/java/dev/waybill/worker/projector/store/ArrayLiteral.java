package dev.waybill.worker.projector.store;

import org.jspecify.annotations.Nullable;

/// A Postgres array, written element by element as the text that Postgres reads: `{1,NULL,"a \"b\""}`. Written here in
/// one go: building an array of objects first, for a library to render, took a third of the projector's CPU.
final class ArrayLiteral {

    /// A short text or a number with its comma; what is longer makes the buffer grow.
    private static final int ELEMENT_SIZE = 16;

    private final StringBuilder text;
    /// Behind the last element that is not null.
    private int end;
    private boolean empty = true;

    ArrayLiteral(int elements) {
        this.text = new StringBuilder(2 + elements * ELEMENT_SIZE).append('{');
        this.end = text.length();
    }

    /// A text, whatever it contains but NUL.
    void text(@Nullable String value) {
        if (value == null) {
            plain(null);
            return;
        }
        separate();
        text.append('"');
        if (value.indexOf('"') < 0 && value.indexOf('\\') < 0) {
            text.append(value);
        } else {
            escape(value);
        }
        text.append('"');
        end = text.length();
    }

    private void escape(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\');
            }
            text.append(c);
        }
    }

    /// A value whose text needs no quotes: a number, a boolean, a UUID.
    void plain(@Nullable Object value) {
        separate();
        if (value == null) {
            text.append("NULL");
        } else {
            text.append(value);
            end = text.length();
        }
    }

    void number(long value) {
        separate();
        text.append(value);
        end = text.length();
    }

    /// The whole literal, without the nulls at its end: `unnest` of arrays of different lengths gives nulls there, and
    /// most columns that may be null are so in every row of a batch.
    String end() {
        text.setLength(end);
        return text.append('}').toString();
    }

    private void separate() {
        if (!empty) {
            text.append(',');
        }
        empty = false;
    }
}
