package dev.weft.skill.repository.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadersTest {
    @Test
    void quoted_separators_are_kept_and_attributes_told_from_directives() {
        List<Headers.Clause> clauses =
                Headers.parse("a;b ; x:List<String>=\"1,2\";y:=\"p;q=\\\"r\\\"\" ; z = 1 , c");
        Headers.Clause clause = clauses.get(0);
        assertEquals(
                "[a, b] {x=1,2, z=1} {y=p;q=\"r\"}",
                clause.names() + " " + clause.attributes() + " " + clause.directives());
        assertTrue(clause.named("b"));
        assertEquals(List.of("c"), clauses.get(1).names());
        assertEquals(List.of(), Headers.parse(" "));
        assertEquals(List.of(), Headers.parse(null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "weft.skill;weft.skill=\"disk | a quote is not closed in \"weft.skill;",
                "a;x=\"1\"2 | something follows a quote",
                "a;x=1\"2\" | a quote begins within a value",
                "\"a\";x=1 | a name is missing or quoted",
                "a;\"x\"=1 | a name is missing or quoted",
                "a,,b | a name is missing or quoted",
                "a, | a name is missing or quoted",
                "a;=1 | a name is missing or quoted",
                "x=1 | nothing is named in \"x=1\"",
                "a;x=\"\\ | a quote is not closed",
                "a;x=\"1\\\" | a quote is not closed",
            })
    void what_is_broken_is_quoted(String header, String reason) {
        String told =
                assertThrows(IllegalArgumentException.class, () -> Headers.parse(header))
                        .getMessage();
        assertTrue(told.contains(reason), told);
    }

    /** A pattern that tried each blank as the end of a name took 20 s for 40,000 of them. */
    @Test
    void a_long_header_takes_no_longer_than_its_length() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> {
                    String blanks = " ".repeat(1 << 20);
                    assertEquals(List.of("a"), Headers.parse("a" + blanks).get(0).names());
                    Headers.parse("a;" + "b;".repeat(200_000) + "x" + blanks + "=1");
                });
    }
}
