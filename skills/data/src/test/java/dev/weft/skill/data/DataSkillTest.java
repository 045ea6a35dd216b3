package dev.weft.skill.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.task.TaskException;
import dev.weft.skill.testing.SkillFramework;
import dev.weft.skill.testing.SkillHarness;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class DataSkillTest {
    @TempDir Path temp;
    private Path open;
    private Path secret;
    private SkillHarness data;

    @BeforeEach
    void make() throws IOException {
        open = Files.createDirectory(temp.resolve("open"));
        secret = temp.resolve("secret.csv");
        Files.writeString(secret, "word\nsecret\n");
        Files.writeString(
                open.resolve("sales.csv"),
                "shop,Amount,day,zip,note\n1,10.50,2026-01-30,0070,\"a, b\"\n2,3,2026-01-31,1010,\n1,4,2026-02-01,0070,x\n");
        Files.writeString(
                open.resolve("shops.json"),
                "[{\"shop\":1,\"city\":\"Wien\",\"open\":true,\"tags\":[\"a\"]},{\"shop\":2,\"city\":\"Graz\",\"open\":false}]");
        data = SkillHarness.of(new DataSkill(new Folders(open.toString())));
    }

    @Test
    void joins_files_of_both_kinds() {
        JsonNode answer =
                query(
                        "select city, sum(amount) as total from sales join shops using (shop) where open group by city",
                        "sales.csv",
                        "shops.json");
        assertEquals("[[\"Wien\",14.5]]", answer.path("rows").toString().replace("14.50", "14.5"));
        assertEquals(List.of("city", "total"), answer.path("columns").findValuesAsText("name"));
        assertFalse(answer.path("truncated").asBoolean());
    }

    @Test
    void tells_columns_their_types_and_the_first_rows() {
        JsonNode table = data.call("describe", Map.of("file", "sales.csv"));
        assertEquals("sales", table.path("table").asText());
        assertEquals(3, table.path("rows").asInt());
        assertEquals(
                List.of("BIGINT", "DECFLOAT", "DATE", "VARCHAR", "VARCHAR"),
                table.path("columns").findValuesAsText("type"));
        assertEquals("0070", table.at("/first/0/3").asText());
        assertTrue(table.at("/first/1/4").isNull());
        assertEquals(
                "[\"a\"]",
                data.call("describe", Map.of("file", "shops.json")).at("/first/0/3").asText());
    }

    @Test
    void reads_an_object_a_line_and_tabs_and_names_columns_apart() throws IOException {
        Files.writeString(open.resolve("log.jsonl"), "{\"a\":1}\n{\"b\":\"two\",\"A\":3}\n");
        Files.writeString(open.resolve("t.tsv"), "\uFEFFx\tX\n1\t2026-01-31 08:30\n");
        assertEquals(
                List.of("a", "b", "A_2"),
                data.call("describe", Map.of("file", "log.jsonl"))
                        .path("columns")
                        .findValuesAsText("name"));
        JsonNode tabs = data.call("describe", Map.of("file", "t.tsv"));
        assertEquals(List.of("x", "X_2"), tabs.path("columns").findValuesAsText("name"));
        assertEquals("TIMESTAMP", tabs.at("/columns/1/type").asText());
    }

    @Test
    void an_answer_is_cut_where_it_is_too_long() {
        JsonNode cut =
                data.call(
                        "query",
                        Map.of(
                                "sql",
                                "select * from sales",
                                "files",
                                List.of("sales.csv"),
                                "limit",
                                2));
        assertEquals(2, cut.path("rows").size());
        assertTrue(cut.path("truncated").asBoolean());
        JsonNode wide = query("select repeat('x', 20000) from system_range(1, 500)", "sales.csv");
        assertTrue(wide.path("truncated").asBoolean());
        assertTrue(wide.toString().length() < 2_000_000);
    }

    @Test
    void a_query_that_does_not_end_is_stopped() {
        SkillHarness hurried = data.within(java.time.Duration.ofSeconds(2));
        assertThrows(
                TaskException.class,
                () ->
                        hurried.call(
                                "query",
                                Map.of(
                                        "sql",
                                        "select count(*) from system_range(1, 1000000000) a, system_range(1, 1000000) b where a.x * b.x = 7",
                                        "files",
                                        List.of("sales.csv"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select file_read('SECRET')",
                "select * from csvread('SECRET')",
                "call file_write('x', 'OUT')",
                "call csvwrite('OUT', 'select 1')",
                "select * from link_schema('x', '', 'jdbc:h2:mem:y', 'sa', '', 'PUBLIC')",
                "create alias boom for \"java.lang.System.exit\"",
                "create linked table t('', 'jdbc:h2:OUT', 'sa', '', 'x')",
                "create table t (a int)",
                "create trigger t before insert on sales call 'java.lang.Thread'",
                "script to 'OUT'",
                "script",
                "backup to 'OUT'",
                "runscript from 'SECRET'",
                "select 1; script to 'OUT'",
                "insert into sales (shop) values (1)",
                "delete from sales",
                "drop table sales",
                "drop all objects delete files",
                "select * from final table (insert into sales (shop) values (1))",
                "select * from final table (delete from sales)",
                "alter user reader admin true",
                "grant all on schema public to reader",
                "set cache_size 1",
                "set trace_level_file 3",
                "set exclusive true",
                "shutdown",
                "explain analyze delete from sales",
                "execute immediate 'script to ''OUT'''"
            })
    void nothing_but_queries_and_no_way_out(String sql) throws IOException {
        Path out = temp.resolve("out");
        String attempt = sql.replace("SECRET", secret.toString()).replace("OUT", out.toString());
        String error =
                assertThrows(TaskException.class, () -> query(attempt, "sales.csv")).getMessage();
        assertFalse(error.contains("\nsecret"), error);
        try (var files = Files.list(temp)) {
            assertEquals(List.of("open", "secret.csv"), names(files));
        }
        assertEquals(3, query("select count(*) from sales", "sales.csv").at("/rows/0/0").asInt());
    }

    @Test
    void an_object_that_comes_as_bytes_does_not_come_to_life() {
        try {
            assertFalse(
                    query(
                                    "select cast(X'aced0005737200116a6176612e7574696c2e486173684d61700507dac1c31660d103000246000a6c6f6164466163746f724900097468726573686f6c6478703f4000000000000c77080000001000000000780a' as java_object)",
                                    "sales.csv")
                            .toString()
                            .contains("{}"));
        } catch (TaskException refused) {
            assertTrue(refused.getMessage().contains("conver"), refused.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret.csv", "link.csv", "/etc/passwd", "open.txt", "no.csv"})
    void files_elsewhere_are_no_tables(String file) throws IOException {
        Files.createSymbolicLink(open.resolve("link.csv"), secret);
        Files.writeString(open.resolve("open.txt"), "a\n1\n");
        String error =
                assertThrows(TaskException.class, () -> query("select 1", file)).getMessage();
        assertTrue(error.matches("(?s).*(lies outside|no table|no such file).*"), error);
    }

    @Test
    void what_is_wrong_with_a_file_is_said() throws IOException {
        Files.writeString(open.resolve("bad.json"), "[{\"a\":1},\n{\"a\":]");
        Files.writeString(open.resolve("one.json"), "[1]");
        assertTrue(error("bad.json").contains("line 2"), error("bad.json"));
        assertTrue(error("one.json").contains("array of objects"));
        assertTrue(
                assertThrows(
                                TaskException.class,
                                () -> query("select nope from sales", "sales.csv"))
                        .getMessage()
                        .contains("nope"));
    }

    @Test
    void leaves_no_driver_behind_and_runs_as_a_bundle() {
        long before = DriverManager.drivers().count();
        query("select 1", "sales.csv");
        assertEquals(before, DriverManager.drivers().count());
        try (SkillFramework framework =
                SkillFramework.of(Path.of("target/classes"))
                        .configured(
                                "dev.weft.skill.data",
                                Map.of("folders", new String[] {open.toString()}))
                        .start()) {
            assertEquals(
                    3,
                    framework
                            .skill("data")
                            .call("describe", Map.of("file", "sales.csv"))
                            .path("rows")
                            .asInt());
        }
    }

    private String error(String file) {
        return assertThrows(TaskException.class, () -> query("select 1", file)).getMessage();
    }

    private JsonNode query(String sql, String... files) {
        return data.call("query", Map.of("sql", sql, "files", List.of(files)));
    }

    private static List<String> names(java.util.stream.Stream<Path> files) {
        return files.map(file -> file.getFileName().toString()).sorted().toList();
    }

    /** The configuration of a test. */
    private record Folders(String... folders) implements DataSkill.Config {
        @Override
        public Class<? extends Annotation> annotationType() {
            return DataSkill.Config.class;
        }
    }
}
