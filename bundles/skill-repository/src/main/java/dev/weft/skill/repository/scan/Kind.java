package dev.weft.skill.repository.scan;

/** Tells files by how they begin, not by how they are called. */
final class Kind {
    private Kind() {}

    static boolean zip(byte[] bytes) {
        return starts(bytes, 'P', 'K', 3, 4);
    }

    static boolean javaClass(byte[] bytes) {
        return starts(bytes, 0xca, 0xfe, 0xba, 0xbe);
    }

    static boolean machineCode(byte[] bytes) {
        return starts(bytes, 0x7f, 'E', 'L', 'F')
                || starts(bytes, 'M', 'Z', 0x90)
                || starts(bytes, 0xcf, 0xfa, 0xed, 0xfe)
                || starts(bytes, 0xce, 0xfa, 0xed, 0xfe)
                || starts(bytes, 0, 'a', 's', 'm');
    }

    private static boolean starts(byte[] bytes, int... magic) {
        if (bytes.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((bytes[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
