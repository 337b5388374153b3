package dev.sluice.blob;

import java.nio.ByteBuffer;

/** Stores the blocks of one {@link BlockWriter}, and then commits them as one visible blob or deletes them. */
interface BlockSink {
    /** Sets the media type of the content, for a storage that tells it. By default the name of the blob decides it. */
    default void contentType(String type) {}

    /** Whether a block may only come when the one before it has been stored. */
    boolean inOrder();

    /** Stores a block; numbers count from 0. Called by many threads at once unless {@link #inOrder()}. */
    void store(int number, ByteBuffer content);

    /** Makes what was stored durable, before anybody sees it. Called once, when all is stored. */
    void sync();

    /**
     * Makes blocks 0 to {@code count - 1} visible as one blob. Called once, when they are durable.
     *
     * @return what makes the visible blob durable too; equal ones of several commits are run once
     */
    Runnable commit(int count);

    /** Deletes what can be deleted. Called instead of a commit, or after one that failed. */
    void abort();
}
