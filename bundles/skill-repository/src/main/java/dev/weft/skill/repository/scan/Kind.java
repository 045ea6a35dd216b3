package dev.weft.skill.repository.scan;

/** Tells files by how they begin, not by how they are called. */
final class Kind {
    private Kind() {}

    static boolean zip(byte[] bytes) {
        return starts(bytes, 'P', 'K', 3, 4);
    }

    /** A packed file that is not looked into: gzip, xz, bzip2, 7z. */
    static boolean packed(byte[] bytes) {
        return starts(bytes, 0x1f, 0x8b)
                || starts(bytes, 0xfd, '7', 'z', 'X', 'Z')
                || starts(bytes, 'B', 'Z', 'h')
                || starts(bytes, '7', 'z', 0xbc, 0xaf);
    }

    static boolean javaClass(byte[] bytes) {
        return starts(bytes, 0xca, 0xfe, 0xba, 0xbe) && !fatBinary(bytes);
    }

    /** Apple's binaries for several processors begin like a class, with their number where a class has its version. */
    private static boolean fatBinary(byte[] bytes) {
        return bytes.length >= 8
                && bytes[4] == 0
                && bytes[5] == 0
                && bytes[6] == 0
                && bytes[7] < 20;
    }

    static boolean machineCode(byte[] bytes) {
        return starts(bytes, 0x7f, 'E', 'L', 'F')
                || starts(bytes, 'M', 'Z', 0x90)
                || starts(bytes, 0xfe, 0xed, 0xfa, 0xcf)
                || starts(bytes, 0xca, 0xfe, 0xba, 0xbe) && fatBinary(bytes)
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
