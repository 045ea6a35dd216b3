package dev.weft.catalog;

import java.util.List;

/**
 * A repository that the configuration names: {@code ADDRESS FINGERPRINT [policy=…] [priority=…] [trust=NAMESPACE,…|*]}.
 *
 * @param policy {@code signed-by-trusted} unless said otherwise
 */
record ConfiguredRepository(
        String address, String fingerprint, int priority, String policy, List<String> trusted) {
    static ConfiguredRepository of(String line) {
        String[] words = line.strip().split("\\s+");
        if (words.length < 2) {
            throw new IllegalArgumentException(
                    "\""
                            + line
                            + "\" is no repository: write ADDRESS FINGERPRINT [policy=… priority=… trust=…]");
        }
        int priority = 0;
        String policy = "signed-by-trusted";
        List<String> trusted = List.of();
        for (int i = 2; i < words.length; i++) {
            String[] pair = words[i].split("=", 2);
            String value = pair.length < 2 ? "" : pair[1];
            switch (pair[0]) {
                case "priority" -> priority = Integer.parseInt(value);
                case "policy" -> policy = value;
                case "trust" -> trusted = List.of(value.split(","));
                default ->
                        throw new IllegalArgumentException(
                                "\"" + words[i] + "\" is none of policy=, priority=, trust=");
            }
        }
        return new ConfiguredRepository(words[0], words[1], priority, policy, trusted);
    }
}
