package dev.weft.skill.text;

/**
 * Text that stops whoever reads it too long: a regular expression can need more time than the universe has, and this is the
 * only way to get it out of its loop. Used by one thread.
 */
final class BoundedText implements CharSequence {
    /** The time is up, or the thread was interrupted. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final boolean interrupted;

        Stopped(boolean interrupted) {
            super(null, null, false, false);
            this.interrupted = interrupted;
        }
    }

    private final CharSequence text;
    private final long endNanos;
    private int reads;

    BoundedText(CharSequence text, long endNanos) {
        this.text = text;
        this.endNanos = endNanos;
    }

    @Override
    public char charAt(int index) {
        if ((++reads & 0x3ff) == 0) {
            if (Thread.currentThread().isInterrupted()) {
                throw new Stopped(true);
            }
            if (System.nanoTime() - endNanos > 0) {
                throw new Stopped(false);
            }
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
