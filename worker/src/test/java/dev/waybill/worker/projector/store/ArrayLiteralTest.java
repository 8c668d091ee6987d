package dev.waybill.worker.projector.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Postgres reads what is written.
class ArrayLiteralTest {

    private static final TestPostgres POSTGRES = TestPostgres.empty("array_literals");

    @Test
    void textsSurvive() throws Exception {
        @Nullable
        String[] texts = {
            "plain",
            "",
            "NULL",
            "null",
            null,
            "a \"b\"",
            "back\\slash\\",
            "{a,b}",
            ",",
            " ",
            "\n",
            "ä €",
            "\uD83D\uDE00"
        };
        ArrayLiteral literal = new ArrayLiteral(texts.length, true);
        for (String text : texts) {
            literal.text(text);
        }

        assertThat(read(literal.end(), "text[]")).isEqualTo(Arrays.asList(texts));
    }

    @Test
    void numbersSurvive() throws Exception {
        ArrayLiteral literal = new ArrayLiteral(3, true);
        literal.plain(1);
        literal.plain(null);
        literal.number(Long.MIN_VALUE);

        assertThat(read(literal.end(), "int8[]")).isEqualTo(Arrays.asList(1L, null, Long.MIN_VALUE));
    }

    @Test
    void nullsAtTheEndAreLeftToTheDatabase() {
        ArrayLiteral literal = new ArrayLiteral(4, true);
        literal.plain(null);
        literal.text("a");
        literal.text(null);
        literal.plain(null);

        assertThat(literal.end()).isEqualTo("{NULL,\"a\"}");

        ArrayLiteral nothing = new ArrayLiteral(2, false);
        nothing.plain(null);
        nothing.plain(null);

        assertThat(nothing.end()).isEqualTo("{}");
    }

    @Test
    void elementsThatAreAllTheSameAreToldOnce() {
        ArrayLiteral literal = new ArrayLiteral(3, true);
        literal.text("a");
        literal.text("a");

        assertThat(literal.shared()).isEqualTo("a");
        assertThat(literal.end()).isEqualTo("{}");

        literal.text(null);
        literal.text("b");

        assertThat(literal.shared()).isNull();
        assertThat(literal.end()).isEqualTo("{\"a\",\"a\",NULL,\"b\"}");
    }

    @Test
    void elementsThatCountAreNeverLeftOut() {
        ArrayLiteral literal = new ArrayLiteral(2, false);
        literal.number(7);
        literal.plain(7L);

        assertThat(literal.shared()).isNull();
        assertThat(literal.end()).isEqualTo("{7,7}");
    }

    private static List<Object> read(String literal, String type) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(POSTGRES.url(), TestPostgres.USER, TestPostgres.PASSWORD);
                PreparedStatement statement = connection.prepareStatement("select ?::" + type)) {
            statement.setString(1, literal);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                Array array = row.getArray(1);
                return Arrays.asList((Object[]) array.getArray());
            }
        }
    }
}
