package dev.waybill.worker.projector.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A Postgres array, written element by element as the text that Postgres reads: `{1,NULL,"a \"b\""}`. Written here in
/// one go: building an array of objects first, for a library to render, took a third of the projector's CPU.
///
/// Elements that are all the same need no array: then it stays empty, and [#shared] says what they are.
final class ArrayLiteral {

    /// A short text or a number with its comma; what is longer makes the buffer grow.
    private static final int ELEMENT_SIZE = 16;

    private final int expected;
    private final StringBuilder text = new StringBuilder();
    /// As long as all elements are the same, how many there are and what they are.
    private boolean same;

    private int count;
    private @Nullable Object first;
    /// Behind the last element that is not null.
    private int end;

    /// Makes an empty one.
    ///
    /// @param elements  how many there will be, more or less
    /// @param mayBeSame whether equal elements may be told by [#shared]
    ArrayLiteral(int elements, boolean mayBeSame) {
        this.expected = elements;
        this.same = mayBeSame;
        if (!mayBeSame) {
            begin();
        }
    }

    /// A text, whatever it contains but NUL.
    void text(@Nullable String value) {
        if (!isSame(value)) {
            write(value);
        }
    }

    /// A value whose text needs no quotes: a number, a boolean, a UUID.
    void plain(@Nullable Object value) {
        if (!isSame(value)) {
            write(value);
        }
    }

    void number(long value) {
        if (same) {
            plain(value);
        } else {
            separate();
            text.append(value);
            end = text.length();
        }
    }

    /// Whether the element is like all others until now, and so needs not be written.
    private boolean isSame(@Nullable Object value) {
        if (!same) {
            return false;
        }
        if (count == 0) {
            first = value;
        } else if (!Objects.equals(first, value)) {
            same = false;
            begin();
            for (int i = 0; i < count; i++) {
                write(first);
            }
            return false;
        }
        count++;
        return true;
    }

    private void begin() {
        text.ensureCapacity(2 + expected * ELEMENT_SIZE);
        text.append('{');
        end = text.length();
    }

    private void write(@Nullable Object value) {
        separate();
        if (value == null) {
            text.append("NULL");
            return;
        }
        if (value instanceof String string) {
            quote(string);
        } else {
            text.append(value);
        }
        end = text.length();
    }

    private void separate() {
        if (text.length() > 1) {
            text.append(',');
        }
    }

    private void quote(String value) {
        text.append('"');
        if (value.indexOf('"') < 0 && value.indexOf('\\') < 0) {
            text.append(value);
        } else {
            escape(value);
        }
        text.append('"');
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

    /// What all elements are, if they are all the same and not null.
    @Nullable
    String shared() {
        return same && first != null ? first.toString() : null;
    }

    /// The whole literal, without the nulls at its end: `unnest` of arrays of different lengths gives nulls there.
    /// Empty
    /// where the elements are the same.
    String end() {
        if (same) {
            return "{}";
        }
        text.setLength(end);
        return text.append('}').toString();
    }
}
