package dev.weft.skill.repository.scan;

import dev.weft.skill.repository.scan.JarClass.Ref;
import dev.weft.skill.repository.scan.JarClass.Use;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Which class or method of the platform or the host means what. Each is judged once in a scan; not thread-safe. */
final class Rules {
    /** Owner of the call that stands for a class whose name is only known at run time. */
    static final String UNKNOWN_CLASS = "?";

    /**
     * What a use means.
     *
     * @param permission that it needs; "" for none
     * @param forbidden why no skill needs it; "" if one may
     * @param finding what a finding about it is called
     * @param asked name of the finding that a person is asked about; "" for none
     * @param thread whether it starts threads
     */
    record Meaning(
            String permission, String forbidden, String finding, String asked, boolean thread) {
        boolean any() {
            return !permission.isEmpty() || !forbidden.isEmpty() || !asked.isEmpty();
        }
    }

    private static final String CLASS = "forbidden-class";
    private static final String CALL = "forbidden-call";

    /** Why settings of the whole process are forbidden. */
    static final String SETTINGS = "changes the whole host";

    private static final Meaning NOTHING = new Meaning("", "", CLASS, "", false);

    /** Classes whose use needs a permission, by how their names begin. */
    private static final Map<String, List<String>> PERMISSIONS =
            Map.of(
                    "net",
                    List.of(
                            "java/net/http/",
                            "java/net/Socket",
                            "java/net/ServerSocket",
                            "java/net/Datagram",
                            "java/net/MulticastSocket",
                            "java/net/URLConnection",
                            "java/net/JarURLConnection",
                            "java/net/HttpURLConnection",
                            "java/net/InetAddress",
                            "java/net/Inet4Address",
                            "java/net/Inet6Address",
                            "java/net/NetworkInterface",
                            "javax/net/",
                            "javax/naming/",
                            "javax/management/remote/",
                            "java/rmi/",
                            "com/sun/net/httpserver/",
                            "java/nio/channels/SocketChannel",
                            "java/nio/channels/ServerSocketChannel",
                            "java/nio/channels/DatagramChannel",
                            "java/nio/channels/AsynchronousSocket",
                            "java/nio/channels/AsynchronousServerSocket",
                            "dev/weft/api/mesh/Mesh",
                            "dev/weft/skill/net/"),
                    "files",
                    List.of(
                            "java/io/FileInputStream",
                            "java/io/FileOutputStream",
                            "java/io/FileReader",
                            "java/io/FileWriter",
                            "java/io/RandomAccessFile",
                            "java/nio/file/Files",
                            "java/nio/file/FileSystem",
                            "java/nio/file/FileStore",
                            "java/nio/file/SecureDirectoryStream",
                            "java/nio/channels/FileChannel",
                            "java/nio/channels/AsynchronousFile",
                            "java/util/zip/ZipFile",
                            "java/util/jar/JarFile",
                            "java/util/prefs/",
                            "java/util/logging/FileHandler"),
                    "exec",
                    List.of("java/lang/ProcessBuilder", "java/awt/Desktop", "java/awt/Robot"),
                    "llm",
                    List.of(
                            "dev/langchain4j/model/chat/ChatModel",
                            "dev/langchain4j/model/chat/StreamingChatModel"));

    /** Methods whose use needs a permission; {@code File}, {@code Path} and {@code URL} are harmless as names. */
    private static final Map<String, String> METHODS =
            Map.ofEntries(
                    Map.entry("java/lang/Runtime.exec", "exec"),
                    Map.entry("java/lang/ProcessHandle.destroy", "exec"),
                    Map.entry("java/lang/ProcessHandle.destroyForcibly", "exec"),
                    Map.entry("java/lang/System.getenv", "secrets"),
                    Map.entry("java/net/URL.openStream", "net"),
                    Map.entry("java/net/URL.openConnection", "net"),
                    Map.entry("java/net/URL.getContent", "net"),
                    Map.entry("java/nio/file/Path.toRealPath", "files"),
                    Map.entry("java/nio/file/Path.register", "files"));

    /** Methods of {@code java.io.File} that only work on the name. */
    private static final Set<String> FILE_NAMES =
            Set.of(
                    "<init>",
                    "getName",
                    "getParent",
                    "getParentFile",
                    "getPath",
                    "toPath",
                    "toString",
                    "toURI",
                    "isAbsolute",
                    "getAbsolutePath",
                    "getAbsoluteFile",
                    "equals",
                    "hashCode",
                    "compareTo");

    /** Other methods of the platform open what they are given: a file, or the name of one. */
    private static final Pattern OPENS_FILE =
            Pattern.compile(
                    "(java/util/Scanner|java/io/Print(Writer|Stream)|java/util/Formatter|javax/imageio/|javax/sound/|javax/xml/).*"
                            + "\\([^)]*Ljava/(io/File|nio/file/Path);.*"
                            + "|(java/io/Print(Writer|Stream)|java/util/Formatter)\\.<init>\\(Ljava/lang/String;.*");

    private static final Pattern OPENS_ADDRESS =
            Pattern.compile(
                    "(javax/xml/parsers/(DocumentBuilder|SAXParser)\\.parse|javax/imageio/ImageIO\\.read)\\(Ljava/(lang/String|net/URL);.*"
                            + "|java/net/InetSocketAddress\\.<init>\\(Ljava/lang/String;I\\)V"
                            + "|javax/swing/.*Ljava/net/URL;.*");

    private static final Map<String, String> FORBIDDEN_CLASSES =
            Map.ofEntries(
                    Map.entry("sun/", "reaches into the inside of the JVM"),
                    Map.entry("jdk/internal/", "reaches into the inside of the JVM"),
                    Map.entry("com/sun/tools/attach/", "reaches into other processes"),
                    Map.entry("com/sun/jna/", "calls machine code"),
                    Map.entry("com/sun/jdi/", "reaches into other processes"),
                    Map.entry("java/lang/instrument/", "changes other classes"),
                    Map.entry("java/lang/foreign/", "calls machine code"),
                    Map.entry("java/net/URLClassLoader", "loads code that nobody checked"),
                    Map.entry("java/security/SecureClassLoader", "loads code that nobody checked"),
                    Map.entry("javax/tools/", "makes code that nobody checked"),
                    Map.entry("org/osgi/framework/hooks/", "changes what other bundles see"),
                    Map.entry("org/osgi/framework/launch/", "controls the framework"),
                    Map.entry(
                            "org/osgi/framework/wiring/FrameworkWiring", "controls the framework"),
                    Map.entry("org/osgi/framework/startlevel/", "controls the framework"),
                    Map.entry("org/osgi/service/cm/", "changes the host's configuration"),
                    Map.entry("org/osgi/service/permissionadmin/", "controls the framework"),
                    Map.entry("org/osgi/service/component/runtime/", "controls other components"),
                    Map.entry("dev/weft/api/deploy/", "installs bundles"),
                    Map.entry("dev/weft/api/catalog/", "installs bundles"),
                    Map.entry("dev/weft/api/store/", "reads the host's database"),
                    Map.entry("dev/weft/api/identity/HostKey", "takes the host's key"),
                    Map.entry("dev/weft/api/identity/AccessKeys", "makes keys to the host"),
                    Map.entry("dev/weft/api/identity/Tokens", "makes keys to the host"),
                    Map.entry("dev/weft/api/identity/DeviceCredential", "takes the host's token"));

    private static final Map<String, String> FORBIDDEN_METHODS = forbiddenMethods();

    /** What a person is asked about: an honest library may do it. */
    private static final Map<String, String> ASKED = asked();

    private static final Map<String, String> WHY =
            Map.of(
                    "reflection", "what it reaches cannot be seen beforehand",
                    "deserialising", "what it reads decides what runs",
                    "scripting", "it runs what it is given, if the host has an engine for it",
                    "shutdown-hook", "it outlives its own removal");

    /** Classes whose names in a text, where there is reflection, say what it is for. */
    private static final Set<String> NAMED =
            Set.of(
                    "java/lang/Runtime",
                    "java/lang/System",
                    "java/lang/Shutdown",
                    "java/lang/ClassLoader",
                    "java/lang/ProcessImpl");

    private final Map<Ref, Meaning> judged = new HashMap<>();
    private final Map<String, Meaning> types = new HashMap<>();

    private static Map<String, String> forbiddenMethods() {
        Map<String, String> all = new LinkedHashMap<>();
        add(
                all,
                "ends the host",
                "java/lang/System.exit",
                "java/lang/Runtime.exit",
                "java/lang/Runtime.halt");
        add(
                all,
                "loads machine code",
                "java/lang/System.load",
                "java/lang/System.loadLibrary",
                "java/lang/Runtime.load",
                "java/lang/Runtime.loadLibrary");
        add(
                all,
                SETTINGS,
                "java/lang/System.setProperty",
                "java/lang/System.setProperties",
                "java/lang/System.clearProperty",
                "java/lang/System.setOut",
                "java/lang/System.setErr",
                "java/lang/System.setIn",
                "java/lang/System.setSecurityManager",
                "java/lang/Thread.setDefaultUncaughtExceptionHandler",
                "java/net/URL.setURLStreamHandlerFactory",
                "java/net/ProxySelector.setDefault",
                "java/net/CookieHandler.setDefault",
                "java/net/Authenticator.setDefault",
                "java/net/ResponseCache.setDefault",
                "java/util/Locale.setDefault",
                "java/util/TimeZone.setDefault",
                "java/util/logging/LogManager.reset",
                "javax/net/ssl/SSLContext.setDefault",
                "javax/net/ssl/HttpsURLConnection.setDefaultSSLSocketFactory",
                "javax/net/ssl/HttpsURLConnection.setDefaultHostnameVerifier",
                "java/security/Security.insertProviderAt",
                "java/security/Security.addProvider",
                "java/security/Security.removeProvider",
                "java/security/Security.setProperty");
        add(
                all,
                "looks into the rest of the host",
                "java/lang/Thread.getAllStackTraces",
                "java/lang/Thread.enumerate",
                "java/lang/ThreadGroup.enumerate",
                "com/sun/management/HotSpotDiagnosticMXBean.dumpHeap");
        add(
                all,
                "makes classes",
                "java/lang/ClassLoader.<init>",
                "java/lang/ClassLoader.defineClass",
                "java/lang/invoke/MethodHandles$Lookup.defineClass",
                "java/lang/invoke/MethodHandles$Lookup.defineHiddenClass");
        add(
                all,
                "installs or changes bundles past the host's checks",
                "org/osgi/framework/BundleContext.installBundle",
                "org/osgi/framework/Bundle.uninstall",
                "org/osgi/framework/Bundle.update",
                "org/osgi/framework/Bundle.stop",
                "org/osgi/framework/Bundle.start",
                "org/osgi/framework/Bundle.adapt");
        add(
                all,
                "offers services that the host does not see beforehand",
                "org/osgi/framework/BundleContext.registerService");
        return Map.copyOf(all);
    }

    private static Map<String, String> asked() {
        Map<String, String> all = new LinkedHashMap<>();
        add(
                all,
                "reflection",
                UNKNOWN_CLASS + ".?",
                "java/lang/reflect/Method.invoke",
                "java/lang/reflect/Constructor.newInstance",
                "java/lang/reflect/Field.set",
                "java/lang/reflect/AccessibleObject.setAccessible",
                "java/lang/reflect/AccessibleObject.trySetAccessible",
                "java/lang/reflect/Field.setAccessible",
                "java/lang/reflect/Method.setAccessible",
                "java/lang/reflect/Constructor.setAccessible",
                "java/lang/invoke/MethodHandles.privateLookupIn",
                "java/lang/invoke/MethodHandle.invokeWithArguments");
        add(
                all,
                "deserialising",
                "java/io/ObjectInputStream.<init>",
                "java/io/ObjectInputStream.readObject",
                "java/beans/XMLDecoder.<init>");
        add(all, "shutdown-hook", "java/lang/Runtime.addShutdownHook");
        return Map.copyOf(all);
    }

    /** Why a person is asked about a finding. */
    static String why(String asked) {
        return WHY.get(asked);
    }

    private static void add(Map<String, String> all, String why, String... methods) {
        for (String method : methods) {
            all.put(method, why);
        }
    }

    /** Whether a call takes the name of a class. */
    static boolean namesClass(String owner, String name) {
        return owner.equals("java/lang/Class") && name.equals("forName")
                || name.equals("loadClass")
                || owner.equals("java/lang/invoke/MethodHandles$Lookup")
                        && name.equals("findClass");
    }

    /** What a use of something outside the jar means.
     * @param type where it arrives: the owner, or a supertype of it */
    Meaning meaning(String type, Ref ref) {
        return judged.computeIfAbsent(
                type.equals(ref.owner()) ? ref : new Ref(ref.use(), type, ref.signature()),
                this::judge);
    }

    private Meaning judge(Ref ref) {
        if (ref.use() == Use.CLASS && !likeClass(ref.owner())) {
            return NOTHING; // a text that could name a class, such as that of a property
        }
        Meaning type = types.computeIfAbsent(ref.owner(), Rules::judgeType);
        if (ref.signature().isEmpty()) {
            boolean named = ref.use() == Use.CLASS && NAMED.contains(ref.owner());
            return named
                    ? new Meaning(
                            "", "is where reflection begins to reach everything", CLASS, "", false)
                    : type;
        }
        String method = ref.owner() + "." + ref.name();
        String whole = ref.owner() + "." + ref.signature();
        String permission =
                METHODS.getOrDefault(method, opens(ref, whole).orElse(type.permission()));
        String forbidden = FORBIDDEN_METHODS.getOrDefault(method, type.forbidden());
        Meaning meaning =
                new Meaning(
                        permission,
                        forbidden,
                        FORBIDDEN_METHODS.containsKey(method) ? CALL : CLASS,
                        ref.owner().startsWith("javax/script/")
                                ? "scripting"
                                : ASKED.getOrDefault(method, ""),
                        thread(ref));
        return meaning.equals(NOTHING) ? NOTHING : meaning;
    }

    private static boolean likeClass(String name) {
        int start = name.lastIndexOf('/') + 1;
        return start < name.length() && Character.isUpperCase(name.charAt(start));
    }

    private static Optional<String> opens(Ref ref, String whole) {
        if (ref.owner().equals("java/io/File")) {
            return FILE_NAMES.contains(ref.name()) ? Optional.empty() : Optional.of("files");
        }
        if (OPENS_FILE.matcher(whole).matches()) {
            return Optional.of("files");
        }
        return OPENS_ADDRESS.matcher(whole).matches() ? Optional.of("net") : Optional.empty();
    }

    private static boolean thread(Ref ref) {
        return ref.owner().equals("java/lang/Thread") && ref.name().equals("start")
                || ref.owner().equals("java/util/concurrent/Executors")
                        && !ref.name().contains("hreadFactory")
                        && !ref.name().equals("callable")
                || ref.owner().endsWith("/ThreadPoolExecutor") && ref.name().equals("<init>")
                || ref.owner().equals("java/util/Timer") && ref.name().equals("<init>");
    }

    private static Meaning judgeType(String type) {
        String permission = "";
        for (Map.Entry<String, List<String>> entry : PERMISSIONS.entrySet()) {
            if (entry.getValue().stream().anyMatch(type::startsWith)) {
                permission = entry.getKey();
            }
        }
        String forbidden = "";
        for (Map.Entry<String, String> entry : FORBIDDEN_CLASSES.entrySet()) {
            if (type.startsWith(entry.getKey())) {
                forbidden = entry.getValue();
            }
        }
        return permission.isEmpty() && forbidden.isEmpty()
                ? NOTHING
                : new Meaning(permission, forbidden, CLASS, "", false);
    }
}
