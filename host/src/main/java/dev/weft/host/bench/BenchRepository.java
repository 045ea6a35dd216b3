package dev.weft.host.bench;

import dev.weft.api.identity.HostKey;
import dev.weft.host.launcher.Distribution;
import dev.weft.protocol.Wire;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipInputStream;

/**
 * A signed repository of very many skills, written straight from its format. All but two of its jars are missing: nobody installs those. One
 * that is there is a skill that needs a package of the other.
 */
final class BenchRepository {
    private static final String[] WORDS =
            ("weather calendar mail disk backup photo music garden heating light door camera sensor router printer invoice tax letter recipe"
                            + " travel train flight hotel price stock news translation dictionary grammar poem story map route fuel battery solar wind water"
                            + " pump valve alarm clock timer counter meter report chart table query index search archive mirror sync queue signal radio")
                    .split(" ");

    private final Path folder;
    private final HostKey owner;
    private final int each;
    private final Map<String, List<Map<String, Object>>> releases = new TreeMap<>();
    private final Map<String, StringBuilder> indexes = new TreeMap<>();
    private final Map<String, Object> files = new TreeMap<>();
    private final String role;
    private long version;

    /** Makes it.
     * @param folder to be made
     * @param publishers how many
     * @param each how many skills of each */
    BenchRepository(Path folder, int publishers, int each) throws IOException {
        this.folder = folder;
        this.each = each;
        this.owner = HostKey.loadOrCreate(folder.resolveSibling("bench-owner.key"));
        Map<String, Object> keys = role();
        this.role = "{" + owner.publicKey() + "=1}";
        document(
                "root/1.json",
                sorted(
                        "type",
                        "root",
                        "repository",
                        "bench",
                        "version",
                        1,
                        "expires",
                        in(365),
                        "root",
                        keys,
                        "snapshot",
                        keys,
                        "publishers",
                        keys));
        List<Object> owners = new ArrayList<>();
        for (int p = 0; p < publishers; p++) {
            owners.add(sorted("namespace", namespace(p), "name", "Publisher " + p, "role", keys));
            for (int s = 0; s < each; s++) {
                filler(p, s, "1.0.0");
            }
        }
        owners.add(sorted("namespace", "com.bench", "name", "Bench", "role", keys));
        jars();
        listed(
                "publishers.json",
                Wire.write(
                        signed(sorted("type", "publishers", "version", 1, "publishers", owners))));
        listed("statements.json", "{\"statements\":[]}");
        listed(
                "index.xml",
                "<repository xmlns=\"http://www.osgi.org/xmlns/repository/v1.0.0\" name=\"bench\"/>");
        for (String namespace : releases.keySet()) {
            publish(namespace);
        }
        snapshot();
    }

    /** What a host must be told to trust it. */
    String fingerprint() {
        return sha256(role.getBytes(StandardCharsets.UTF_8));
    }

    /** Another release of one publisher. */
    void change(int publisher) throws IOException {
        filler(publisher, each, "1.0." + version);
        publish(namespace(publisher));
        snapshot();
    }

    private static String namespace(int publisher) {
        return "com.p" + publisher;
    }

    private void filler(int publisher, int number, String version) {
        int seed = publisher * 7919 + number * 104_729;
        String first = WORDS[Math.floorMod(seed, WORDS.length)];
        String second = WORDS[Math.floorMod(seed / 61, WORDS.length)];
        String bundle = namespace(publisher) + "." + first + number;
        String description =
                "Reads and writes the "
                        + first
                        + " of the "
                        + second
                        + ", tells what changed since number "
                        + seed
                        + ", and asks before it sends anything to another machine.";
        String digest = sha256((bundle + version).getBytes(StandardCharsets.UTF_8));
        release(namespace(publisher), bundle, version, digest, 1000 + number, digest);
        resource(
                namespace(publisher),
                bundle,
                version,
                digest,
                1000 + number,
                capability(
                                "weft.skill",
                                "weft.skill",
                                first + "-" + second + "-" + publisher + "-" + number,
                                "title",
                                first + " and " + second,
                                "description",
                                description,
                                "permissions",
                                number % 3 == 0 ? "net" : "files")
                        + packages("dev.weft.skill", "dev.langchain4j.agent.tool", "org.slf4j"));
    }

    private void jars() throws IOException {
        byte[] library = jar(null, Map.of("Export-Package", "com.bench.lib;version=\"1.0.0\""));
        real("com.bench.lib", library, packageOffer());
        Path text = Distribution.find().home().resolve("skills/text.jar");
        Manifest manifest;
        try (JarFile file = new JarFile(text.toFile())) {
            manifest = file.getManifest();
        }
        String imports = manifest.getMainAttributes().getValue("Import-Package");
        byte[] skill = jar(text, Map.of("Import-Package", "com.bench.lib," + imports));
        String provided = manifest.getMainAttributes().getValue("Provide-Capability");
        real(
                "com.bench.text",
                skill,
                capability(
                                "weft.skill",
                                "weft.skill",
                                attribute(provided, "weft.skill"),
                                "title",
                                attribute(provided, "title"),
                                "description",
                                attribute(provided, "description"))
                        + packages(
                                "com.bench.lib", "dev.weft.skill", "dev.langchain4j.agent.tool"));
    }

    private static String attribute(String header, String name) {
        int at = header.indexOf(";" + name + "=") + name.length() + 2;
        boolean quoted = header.charAt(at) == '"';
        int end = quoted ? header.indexOf('"', at + 1) : header.length();
        for (char stop : new char[] {';', ','}) {
            int next = header.indexOf(stop, at);
            end = !quoted && next >= 0 ? Math.min(end, next) : end;
        }
        return header.substring(quoted ? at + 1 : at, end);
    }

    private byte[] jar(Path original, Map<String, String> headers) throws IOException {
        Manifest manifest = new Manifest();
        if (original != null) {
            try (JarFile file = new JarFile(original.toFile())) {
                manifest = file.getManifest();
            }
        }
        Attributes main = manifest.getMainAttributes();
        main.putValue("Manifest-Version", "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-Version", "1.0.0");
        main.putValue("Bundle-SymbolicName", original == null ? "com.bench.lib" : "com.bench.text");
        headers.forEach(main::putValue);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream out = new JarOutputStream(bytes, manifest)) {
            if (original == null) {
                out.putNextEntry(new JarEntry("com/bench/lib/words.txt"));
                out.write('x');
            } else {
                try (JarFile file = new JarFile(original.toFile())) {
                    for (JarEntry entry : (Iterable<JarEntry>) file.stream()::iterator) {
                        if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
                            out.putNextEntry(new JarEntry(entry.getName()));
                            file.getInputStream(entry).transferTo(out);
                        }
                    }
                }
            }
        }
        return bytes.toByteArray();
    }

    private void real(String bundle, byte[] jar, String clauses) throws IOException {
        String manifest;
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(jar))) {
            zip.getNextEntry(); // the manifest comes first
            manifest = sha256(zip.readAllBytes());
        }
        write("jars/" + bundle + "-1.0.0.jar", jar);
        release("com.bench", bundle, "1.0.0", sha256(jar), jar.length, manifest);
        resource("com.bench", bundle, "1.0.0", sha256(jar), jar.length, clauses);
    }

    private void release(
            String namespace,
            String bundle,
            String version,
            String digest,
            long length,
            String manifest) {
        releases.computeIfAbsent(namespace, n -> new ArrayList<>())
                .add(
                        sorted(
                                "bundle",
                                bundle,
                                "version",
                                version,
                                "file",
                                "jars/" + bundle + "-" + version + ".jar",
                                "sha256",
                                digest,
                                "length",
                                length,
                                "manifest",
                                manifest,
                                "published",
                                in(0)));
    }

    private void resource(
            String namespace,
            String bundle,
            String version,
            String digest,
            long length,
            String clauses) {
        indexes.computeIfAbsent(namespace, n -> new StringBuilder())
                .append("<resource>")
                .append(
                        capability(
                                "osgi.identity",
                                "osgi.identity",
                                bundle,
                                "type",
                                "osgi.bundle",
                                "version",
                                version))
                .append(
                        capability(
                                "osgi.content",
                                "osgi.content",
                                digest,
                                "url",
                                "jars/" + bundle + "-" + version + ".jar",
                                "size",
                                Long.toString(length),
                                "mime",
                                "application/vnd.osgi.bundle"))
                .append(
                        capability(
                                "osgi.wiring.bundle",
                                "osgi.wiring.bundle",
                                bundle,
                                "bundle-version",
                                version))
                .append(clauses)
                .append(requirement("osgi.ee", "(&(osgi.ee=JavaSE)(version=17))"))
                .append(
                        requirement(
                                "osgi.extender",
                                "(&(osgi.extender=osgi.component)(version>=1.5.0)(!(version>=2.0.0)))"))
                .append("</resource>\n");
    }

    private static String packageOffer() {
        return capability(
                "osgi.wiring.package",
                "osgi.wiring.package",
                "com.bench.lib",
                "version",
                "1.0.0",
                "bundle-symbolic-name",
                "com.bench.lib",
                "bundle-version",
                "1.0.0");
    }

    private static String packages(String... names) {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            text.append(requirement("osgi.wiring.package", "(osgi.wiring.package=" + name + ")"));
        }
        return text.toString();
    }

    private static String capability(String namespace, String... attributes) {
        StringBuilder text = new StringBuilder("<capability namespace=\"" + namespace + "\">");
        for (int i = 0; i < attributes.length; i += 2) {
            text.append("<attribute name=\"")
                    .append(attributes[i])
                    .append("\" value=\"")
                    .append(escaped(attributes[i + 1]))
                    .append("\"/>");
        }
        return text.append("</capability>").toString();
    }

    private static String requirement(String namespace, String filter) {
        return "<requirement namespace=\""
                + namespace
                + "\"><directive name=\"filter\" value=\""
                + escaped(filter)
                + "\"/></requirement>";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void publish(String namespace) throws IOException {
        List<Map<String, Object>> all = releases.get(namespace);
        listed(
                "publishers/" + namespace + ".json",
                Wire.write(
                        signed(
                                sorted(
                                        "type",
                                        "releases",
                                        "namespace",
                                        namespace,
                                        "version",
                                        all.size() + 1,
                                        "releases",
                                        all))));
        listed(
                "index-" + namespace + ".xml",
                "<repository xmlns=\"http://www.osgi.org/xmlns/repository/v1.0.0\" name=\""
                        + namespace
                        + "\" increment=\""
                        + (all.size() + 1)
                        + "\">\n"
                        + indexes.get(namespace)
                        + "</repository>");
    }

    private void snapshot() throws IOException {
        version++;
        document(
                "snapshot.json",
                sorted("type", "snapshot", "version", version, "expires", in(7), "files", files));
    }

    private void listed(String name, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        String digest = sha256(bytes);
        int slash = name.lastIndexOf('/') + 1;
        write(name.substring(0, slash) + digest + "." + name.substring(slash), bytes);
        files.put(name, sorted("sha256", digest, "length", bytes.length));
    }

    private void document(String name, Map<String, Object> body) throws IOException {
        write(name, Wire.write(signed(body)).getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, Object> signed(Map<String, Object> body) {
        String signature =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(
                                owner.sign(Wire.write(body).getBytes(StandardCharsets.UTF_8)));
        return sorted(
                "signed",
                body,
                "signatures",
                List.of(sorted("key", owner.publicKey(), "signature", signature)));
    }

    private Map<String, Object> role() {
        return sorted("keys", List.of(owner.publicKey()), "threshold", 1);
    }

    /** Keys in order: what is signed is the canonical form. */
    private static Map<String, Object> sorted(Object... pairs) {
        Map<String, Object> map = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    private static String in(int days) {
        return Instant.now().plus(Duration.ofDays(days)).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
