package dev.weft.skill.repository.scan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which class or method of the platform means what. */
final class Rules {
    /** Classes whose use needs a permission. */
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
                            "java/net/HttpURLConnection",
                            "java/net/InetAddress",
                            "javax/net/",
                            "javax/naming/",
                            "java/rmi/",
                            "java/nio/channels/SocketChannel",
                            "java/nio/channels/ServerSocketChannel",
                            "java/nio/channels/DatagramChannel",
                            "java/nio/channels/AsynchronousSocket",
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
                            "java/nio/channels/FileChannel",
                            "java/nio/channels/AsynchronousFile",
                            "java/nio/file/SecureDirectoryStream"),
                    "exec",
                    List.of("java/lang/ProcessBuilder"),
                    "llm",
                    List.of(
                            "dev/langchain4j/model/chat/ChatModel",
                            "dev/langchain4j/model/chat/StreamingChatModel"));

    /** Methods whose use needs a permission; {@code java/io/File} and {@code URL} are harmless as names. */
    private static final Map<String, String> METHODS =
            Map.of(
                    "java/lang/Runtime.exec", "exec",
                    "java/net/URL.openStream", "net",
                    "java/net/URL.openConnection", "net",
                    "java/net/URL.getContent", "net",
                    "java/io/File.list", "files",
                    "java/io/File.listFiles", "files",
                    "java/io/File.delete", "files",
                    "java/io/File.renameTo", "files",
                    "java/io/File.mkdirs", "files");

    private static final Set<String> FORBIDDEN_CLASSES =
            Set.of(
                    "sun/",
                    "jdk/internal/",
                    "com/sun/tools/attach/",
                    "com/sun/jna/",
                    "java/lang/instrument/",
                    "java/lang/foreign/",
                    "java/net/URLClassLoader",
                    "org/osgi/framework/hooks/",
                    "org/osgi/framework/launch/",
                    "org/osgi/framework/BundleActivator",
                    "org/osgi/service/cm/",
                    "javax/script/",
                    "dev/weft/api/deploy/",
                    "dev/weft/api/identity/HostKey");

    private static final Map<String, String> FORBIDDEN_METHODS =
            Map.ofEntries(
                    Map.entry("java/lang/System.exit", "ends the host"),
                    Map.entry("java/lang/Runtime.exit", "ends the host"),
                    Map.entry("java/lang/Runtime.halt", "ends the host"),
                    Map.entry("java/lang/System.load", "loads machine code"),
                    Map.entry("java/lang/System.loadLibrary", "loads machine code"),
                    Map.entry("java/lang/Runtime.load", "loads machine code"),
                    Map.entry("java/lang/Runtime.loadLibrary", "loads machine code"),
                    Map.entry("java/lang/System.setProperty", "changes the whole host"),
                    Map.entry("java/lang/System.setProperties", "changes the whole host"),
                    Map.entry("java/lang/System.setOut", "changes the whole host"),
                    Map.entry("java/lang/System.setErr", "changes the whole host"),
                    Map.entry("java/lang/Runtime.addShutdownHook", "outlives its own removal"),
                    Map.entry(
                            "java/lang/Thread.getAllStackTraces",
                            "looks into the rest of the host"),
                    Map.entry("java/security/Security.insertProviderAt", "changes the whole host"),
                    Map.entry("java/lang/invoke/MethodHandles$Lookup.defineClass", "makes classes"),
                    Map.entry(
                            "java/lang/invoke/MethodHandles$Lookup.defineHiddenClass",
                            "makes classes"),
                    Map.entry("java/io/ObjectInputStream.readObject", "runs what it reads"),
                    Map.entry(
                            "org/osgi/framework/BundleContext.installBundle",
                            "installs bundles past the host's checks"),
                    Map.entry(
                            "org/osgi/framework/BundleContext.registerService",
                            "registers services by hand"),
                    Map.entry("org/osgi/framework/Bundle.uninstall", "controls other bundles"),
                    Map.entry("org/osgi/framework/Bundle.update", "controls other bundles"),
                    Map.entry("org/osgi/framework/Bundle.stop", "controls other bundles"),
                    Map.entry("org/osgi/framework/Bundle.start", "controls other bundles"));

    private static final Set<String> REFLECTION =
            Set.of(
                    "java/lang/Class.forName",
                    "java/lang/reflect/Method.invoke",
                    "java/lang/reflect/Constructor.newInstance",
                    "java/lang/reflect/Field.set",
                    "java/lang/reflect/AccessibleObject.setAccessible",
                    "java/lang/reflect/Field.setAccessible",
                    "java/lang/reflect/Method.setAccessible",
                    "java/lang/invoke/MethodHandles.privateLookupIn",
                    "java/lang/reflect/Proxy.newProxyInstance",
                    "java/lang/ClassLoader.loadClass");

    private Rules() {}

    static Optional<String> permission(String type) {
        return PERMISSIONS.entrySet().stream()
                .filter(e -> e.getValue().stream().anyMatch(type::startsWith))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    static Optional<String> permissionOfMethod(String method) {
        return Optional.ofNullable(METHODS.get(method));
    }

    static boolean forbiddenClass(String type) {
        return FORBIDDEN_CLASSES.stream().anyMatch(type::startsWith);
    }

    static Optional<String> forbiddenMethod(String method) {
        return Optional.ofNullable(FORBIDDEN_METHODS.get(method));
    }

    static boolean reflection(String method) {
        return REFLECTION.contains(method);
    }
}
