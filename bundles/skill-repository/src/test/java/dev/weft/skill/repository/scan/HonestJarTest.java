package dev.weft.skill.repository.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Skills that mean no harm, also odd ones, pass without a false alarm. */
class HonestJarTest {
    @TempDir Path temporary;

    private static Arguments good(String title, Fixture jar) {
        return Arguments.of(title, jar);
    }

    private static Arguments says(String title, String id, String description) {
        return good(title, new Fixture().id(id).description(description));
    }

    static Stream<Arguments> texts() {
        return Stream.of(
                good("plain", new Fixture()),
                says("German", "poems", "Schreibt Gedichte über Flüsse."),
                says("Japanese", "kana", "日本語の単語を数えます。"),
                says("Russian", "slova", "Считает слова в тексте, а также строки."),
                says("Russian with a name", "pochta", "Читает почту из Outlook и Gmail"),
                says("Greek letters", "greek", "The letters α and β of a text"),
                says("Persian with joiners", "farsi", "کتاب\u200cها را می\u200cشمارد"),
                says("Hindi with joiners", "hindi", "क\u094d\u200dष शब्द गिनता है"),
                says("Hebrew", "ivrit", "סופר מילים בטקסט"),
                says("Korean", "hangul", "글의 단어를 셉니다"),
                says(
                        "emoji",
                        "sun",
                        "Tells the weather ☀\ufe0f for the family 👨\u200d👩\u200d👧 🪿"),
                says("signs", "price", "Prices in € and £ — “rounded” to ½ cent ©"),
                says(
                        "the word must",
                        "mail",
                        "Finds messages that the user must answer before noon"),
                says(
                        "the word rules",
                        "rules",
                        "Lists the rules of a game, and the instructions of a kit"),
                says("the word system", "sea", "The system of tides; call the harbour first"),
                says("the word ignore", "grep", "Finds lines; may ignore case and blank lines"),
                says(
                        "the word before",
                        "trip",
                        "Plans a trip. Ask for the date before booking a hotel"),
                says("a name that is a little like another", "word-games", "Games with words"),
                says("short names that differ by one letter", "disc", "Reads discs"),
                says("an example of a key", "keys", "Checks keys such as AKIAIOSFODNN7EXAMPLE"));
    }

    static Stream<Arguments> code() throws Exception {
        return Stream.of(
                good(
                        "net, declared",
                        new Fixture().id("net").declares("net").calls("new Socket(\"h\", 1);")),
                good(
                        "files and net, declared",
                        new Fixture()
                                .id("both")
                                .declares("files,net")
                                .calls(
                                        "Files.newInputStream(Path.of(text)); java.net.http.HttpClient.newHttpClient();")),
                good(
                        "exec, declared",
                        new Fixture()
                                .id("run")
                                .declares("exec")
                                .calls("new ProcessBuilder(text).start();")),
                good(
                        "llm, declared",
                        new Fixture()
                                .id("ask")
                                .declares("llm")
                                .calls("model.chat(text);")
                                .body("dev.langchain4j.model.chat.ChatModel model;")),
                good(
                        "names of files and addresses, nothing opened",
                        new Fixture()
                                .id("uri")
                                .calls(
                                        "URI.create(text).getHost(); Path.of(text).getFileName(); new File(text).getName(); InetSocketAddress.createUnresolved(text, 1);")),
                good(
                        "lambdas, records, enums",
                        new Fixture()
                                .id("lambda")
                                .calls(
                                        "List.of(text).stream().map(s -> new R(1)).toList(); E.valueOf(text);")
                                .body("record R(int a) {} enum E { A }")),
                good(
                        "time, chance, threads of the call",
                        new Fixture()
                                .id("timed")
                                .calls(
                                        "System.currentTimeMillis(); new Random().nextInt(); new Thread(() -> {}).start();")),
                good(
                        "a factory of threads kept for later",
                        new Fixture()
                                .id("later")
                                .body(
                                        "static final java.util.function.Supplier<Thread> T = () -> { Thread t = new Thread(); t.start(); return t; };")),
                good(
                        "the names of properties that look like classes",
                        new Fixture()
                                .id("props")
                                .calls("System.getProperty(\"sun.arch.data.model\");")),
                good(
                        "data",
                        new Fixture()
                                .id("data")
                                .entry("words.txt", "a b c")
                                .entry("img.png", new byte[] {(byte) 0x89, 'P', 'N', 'G'})
                                .entry(
                                        "settings.properties",
                                        "token=change-me-please-change-me\n")),
                good(
                        "a zip of data",
                        new Fixture().id("zip").entry("data.zip", zipped("words.csv", "a,b"))),
                good(
                        "a component",
                        component(
                                        "<service><provide interface='dev.weft.skill.SkillService'/></service>")
                                .id("component")),
                good(
                        "a component in single quotes, with its own interface and a default ranking",
                        component(
                                        "<implementation class='com.acme.Words'/><service><provide interface='com.acme.Own'/></service><property name='service.ranking' type='Integer' value='0'/>")
                                .id("own")
                                .others("interface Own {}")),
                good(
                        "a description of its settings",
                        new Fixture().id("meta").entry("OSGI-INF/metatype/x.xml", "<MetaData/>")));
    }

    static Stream<Arguments> manifests() {
        return Stream.of(
                good(
                        "an export of its own, with uses",
                        new Fixture()
                                .id("exports")
                                .header(
                                        "Export-Package",
                                        "com.acme.api;version=1.0.0;uses:=\"com.acme,com.acme.x\"")),
                good(
                        "a class path of the jar itself",
                        new Fixture().id("cp").header("Bundle-ClassPath", ".")),
                good(
                        "requirements with filters and spaces",
                        new Fixture()
                                .id("req")
                                .header(
                                        "Require-Capability",
                                        "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=17))\" , osgi.extender; filter:=\"(osgi.extender=osgi.component)\"")),
                good(
                        "headers that nobody knows, in other letters",
                        new Fixture()
                                .id("odd")
                                .header("X-Author", "Zoë Müller, 東京")
                                .header("Tool", "bnd;a=\"b,c\"")),
                good(
                        "a directive of its name",
                        new Fixture()
                                .id("name")
                                .header("Bundle-SymbolicName", "com.acme.words; x-y:=true")));
    }

    /** What is inside and not reached may be mentioned, and no more. */
    static Stream<Arguments> libraries() throws Exception {
        return Stream.of(
                good(
                        "jsoup, to read a page",
                        new Fixture()
                                .id("page")
                                .library("org.jsoup.Jsoup")
                                .calls("org.jsoup.Jsoup.parse(text).select(\"p\").text();")),
                good(
                        "differences of texts",
                        new Fixture()
                                .id("diff")
                                .library("com.github.difflib.DiffUtils")
                                .calls(
                                        "com.github.difflib.DiffUtils.diff(List.of(text), List.of(text)).getDeltas();")),
                good(
                        "YAML",
                        new Fixture()
                                .id("yaml")
                                .library("org.snakeyaml.engine.v2.api.Load")
                                .calls(
                                        "new org.snakeyaml.engine.v2.api.Load(org.snakeyaml.engine.v2.api.LoadSettings.builder().build()).loadFromString(text);")),
                good(
                        "JSON, one token after the other",
                        new Fixture()
                                .id("tokens")
                                .library("com.fasterxml.jackson.core.JsonFactory")
                                .calls(
                                        "new com.fasterxml.jackson.core.JsonFactory().createParser(text).nextToken();")),
                good(
                        "bytecode",
                        new Fixture()
                                .id("asm")
                                .library("org.objectweb.asm.ClassReader")
                                .calls(
                                        "new org.objectweb.asm.ClassReader(text.getBytes()).getClassName();")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"texts", "code", "manifests"})
    void passes(String title, Fixture jar) throws Exception {
        assertEquals(
                new Report(Report.Status.PASSED, "", List.of()),
                new Scan(Case.KNOWN).scan(jar.write(temporary)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("libraries")
    void a_library_within_counts_for_what_the_skill_reaches(String title, Fixture jar)
            throws Exception {
        Report report = new Scan(Case.KNOWN).scan(jar.write(temporary));
        assertTrue(
                report.findings().stream().allMatch(f -> f.severity() == Finding.Severity.LOW),
                report.toString());
    }

    @Test
    void what_is_not_reached_is_mentioned_and_what_reflection_could_reach_is_asked()
            throws Exception {
        String evil = "class Evil { static void x() { System.exit(1); } }";
        Report dead = new Scan(Case.KNOWN).scan(new Fixture().others(evil).write(temporary));
        assertEquals("unreachable-code", dead.findings().get(0).name(), dead.toString());
        assertTrue(dead.findings().get(0).explanation().contains("com.acme.Evil.x"));
        assertEquals(Finding.Severity.LOW, dead.findings().get(0).severity());
        Report hidden =
                new Scan(Case.KNOWN)
                        .scan(
                                new Fixture()
                                        .calls("Class.forName(text).getDeclaredConstructor();")
                                        .others(evil)
                                        .write(temporary));
        assertEquals(
                List.of("reflection", "hidden-code"),
                hidden.findings().stream().map(Finding::name).toList());
        assertTrue(!hidden.blocks(), hidden.toString());
    }

    @Test
    void a_zip_with_stored_entries_and_folders_passes() throws Exception {
        byte[] jar = new Fixture().id("stored").bytes(temporary);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out);
                var in = new java.util.zip.ZipInputStream(new java.io.ByteArrayInputStream(jar))) {
            zip.putNextEntry(new ZipEntry("META-INF/"));
            for (ZipEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                byte[] bytes = in.readAllBytes();
                ZipEntry stored = new ZipEntry(e.getName());
                CRC32 crc = new CRC32();
                crc.update(bytes);
                stored.setMethod(ZipEntry.STORED);
                stored.setSize(bytes.length);
                stored.setCrc(crc.getValue());
                zip.putNextEntry(stored);
                zip.write(bytes);
            }
        }
        Path file = Files.write(temporary.resolve("stored.jar"), out.toByteArray());
        assertEquals(Report.Status.PASSED, new Scan(Case.KNOWN).scan(file).status());
    }

    private static byte[] zipped(String name, String content) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            Fixture.put(zip, name, content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private static Fixture component(String content) {
        return new Fixture()
                .entry("OSGI-INF/x.xml", "<component name='x'>" + content + "</component>");
    }
}
