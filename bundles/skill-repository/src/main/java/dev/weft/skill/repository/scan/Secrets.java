package dev.weft.skill.repository.scan;

import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys and passwords that were left in a file. A pattern counts only if what it finds is as random as a key is, so that examples do not. */
final class Secrets {
    /** What is found, by how it begins: the beginning is looked for in one pass, the pattern only tried there. */
    private record Shape(String what, String beginning, Pattern pattern, double bits) {}

    private static final List<Shape> SHAPES =
            List.of(
                    new Shape(
                            "a private key",
                            "-----BEGIN ",
                            Pattern.compile(
                                    "-----BEGIN ([A-Z]+ )*PRIVATE KEY( BLOCK)?-----\\s*[A-Za-z0-9+/=:, -]{20}"),
                            0),
                    new Shape("an access key of AWS", "AKIA", key("AKIA[0-9A-Z]{16}"), 2.8),
                    new Shape("an access key of AWS", "ASIA", key("ASIA[0-9A-Z]{16}"), 2.8),
                    new Shape("a token of GitHub", "gh", key("gh[pousr]_[A-Za-z0-9]{36}"), 3.5),
                    new Shape(
                            "a token of GitHub",
                            "github_pat_",
                            key("github_pat_[A-Za-z0-9_]{60,}"),
                            3.5),
                    new Shape("a token of GitLab", "glpat-", key("glpat-[A-Za-z0-9_-]{20,}"), 3),
                    new Shape("a token of Slack", "xox", key("xox[abprs]-[A-Za-z0-9-]{20,}"), 3),
                    new Shape(
                            "a key of a model provider", "sk-", key("sk-[A-Za-z0-9_-]{32,}"), 3.5),
                    new Shape("a key of Google", "AIza", key("AIza[A-Za-z0-9_-]{35}"), 3.5),
                    new Shape("a token of Hugging Face", "hf_", key("hf_[A-Za-z0-9]{34}"), 3.5),
                    new Shape("a token of npm", "npm_", key("npm_[A-Za-z0-9]{36}"), 3.5),
                    new Shape(
                            "a JSON Web Token",
                            "eyJ",
                            key(
                                    "eyJ[A-Za-z0-9_-]{15,}\\.eyJ[A-Za-z0-9_-]{15,}\\.[A-Za-z0-9_-]{20,}"),
                            4));
    private static final Map<Character, List<Shape>> BY_CHARACTER = byCharacter();
    private static final Pattern NAMED =
            Pattern.compile(
                    "(?i)(secret|passwd|password|token|api[_-]?key|access[_-]?key)[\"']?\\s*[=:]\\s*[\"']?([A-Za-z0-9+/_=-]{20,200})");
    private static final Pattern SETTINGS =
            Pattern.compile("(.*/)?[^/]*\\.(properties|json|ya?ml|env|ini|toml|conf|cfg|xml|txt)");
    private static final Pattern FILE =
            Pattern.compile(
                    "(.*/)?(\\.env(\\..*)?|\\.npmrc|\\.pypirc|\\.netrc|\\.git-credentials|id_(rsa|ed25519|ecdsa|dsa)|[^/]*\\.(p12|pfx|jks|keystore|kdbx))");
    private static final double RANDOM = 4;
    private static final int MAX_SETTINGS = 1 << 20;

    private Secrets() {}

    private static Pattern key(String pattern) {
        return Pattern.compile("(?<![A-Za-z0-9_])" + pattern + "(?![A-Za-z0-9_])");
    }

    private static Map<Character, List<Shape>> byCharacter() {
        Map<Character, List<Shape>> map = new HashMap<>();
        for (Shape shape : SHAPES) {
            map.merge(
                    shape.beginning().charAt(0),
                    List.of(shape),
                    (a, b) -> java.util.stream.Stream.concat(a.stream(), b.stream()).toList());
        }
        return Map.copyOf(map);
    }

    static void check(String name, byte[] content, Findings findings) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (FILE.matcher(lower).matches()) {
            findings.high("secret", Wire.quote(name) + " looks like a file of secrets");
        }
        String text = new String(content, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '-' || c == 'A' || c == 'e' || c == 'g' || c == 'h' || c == 'n' || c == 's'
                    || c == 'x') {
                at(name, text, i, c, findings);
            }
        }
        if (text.length() <= MAX_SETTINGS && SETTINGS.matcher(lower).matches()) {
            Matcher named = NAMED.matcher(text);
            while (named.find()) {
                if (bits(named.group(2)) >= RANDOM) {
                    findings.medium(
                            "maybe-secret",
                            Wire.quote(name) + " has a " + named.group(1) + " that looks real");
                }
            }
        }
    }

    private static void at(String name, String text, int at, char first, Findings findings) {
        for (Shape shape : BY_CHARACTER.get(first)) {
            if (text.startsWith(shape.beginning(), at)) {
                Matcher found = shape.pattern().matcher(text);
                found.region(at, text.length()).useTransparentBounds(true);
                if (found.lookingAt()
                        && bits(found.group()) >= shape.bits()
                        && !found.group().endsWith("EXAMPLE")) {
                    findings.high(
                            "secret",
                            Wire.quote(name)
                                    + " holds "
                                    + shape.what()
                                    + ", which everybody can read now");
                }
            }
        }
    }

    /** Entropy of the characters, in bits for each. */
    private static double bits(String text) {
        Map<Character, Integer> counts = new HashMap<>();
        text.chars().forEach(c -> counts.merge((char) c, 1, Integer::sum));
        double bits = 0;
        for (int count : counts.values()) {
            double part = (double) count / text.length();
            bits -= part * Math.log(part) / Math.log(2);
        }
        return bits;
    }
}
