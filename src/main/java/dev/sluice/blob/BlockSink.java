package dev.sluice.blob;

import java.nio.ByteBuffer;

/** Stores the blocks of one {@link BlockWriter}, and then commits them as one visible blob or discards them. */
interface BlockSink {
    /** Whether a block may only come when the one before it has been stored. */
    boolean inOrder();

    /** Stores a block; numbers count from 0. Called by many threads at once unless {@link #inOrder()}. */
    void store(int number, ByteBuffer content);

    /** Has the storage keep what it was given, come what may, before anybody sees it. Called once, when all is stored. */
    void keep();

    /**
     * Makes blocks 0 to {@code count - 1} visible as one blob. Called once, when they are kept.
     *
     * @return what has to follow, for the blob to stay visible come what may; done once for all commits whose are equal
     */
    Runnable commit(int count);

    /** Drops what can be dropped. Called instead of a commit, or after one that failed. */
    void abort();
}
