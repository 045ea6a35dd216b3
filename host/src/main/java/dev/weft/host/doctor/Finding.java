package dev.weft.host.doctor;

/**
 * What one look found.
 *
 * @param what was looked at
 * @param ok whether it will do
 * @param detail what was found
 * @param advice what to do; "" if ok
 */
public record Finding(String what, boolean ok, String detail, String advice) {
    static Finding good(String what, String detail) {
        return new Finding(what, true, detail, "");
    }

    static Finding bad(String what, String detail, String advice) {
        return new Finding(what, false, detail, advice);
    }
}
