package dev.weft.protocol;

/**
 * What a host has handled of one stream of its peer. A host that numbers its messages anew begins another stream, and a frame may still be under way
 * that speaks of the one before.
 *
 * @param acks what was handled
 * @param mark which stream that is about, see {@link #mark}; 0 if the sender does not say
 */
public record Receipt(Acks acks, int mark) {
    /** Streams that a mark tells apart: it has four bits of a frame's flags, which earlier hosts leave empty and do not read. */
    private static final int MARKS = 15;

    /** Marks a stream.
     * @param generation how many streams of the same process were there before; below 0 if that is not known
     * @return 1 to 15; 0 if nothing is known */
    public static int mark(int generation) {
        return generation < 0 ? 0 : 1 + generation % MARKS;
    }

    /** Whether it may be about a stream.
     * @param streamMark of that stream
     * @return true also if it does not say */
    public boolean isAbout(int streamMark) {
        return mark == 0 || mark == streamMark;
    }
}
