package dev.sluice.delta;

import dev.sluice.blob.BlobStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;

/** A storage whose process dies at one of its writes. */
final class FailingStore {
    private static final Set<String> WRITES = Set.of("create", "createIfAbsent");

    private final BlobStore store;
    private final int victim;
    private final boolean after;
    private int writes;

    private FailingStore(BlobStore behind, int victim, boolean after) {
        this.victim = victim;
        this.after = after;
        this.store = (BlobStore) Proxy.newProxyInstance(
                BlobStore.class.getClassLoader(), new Class<?>[] {BlobStore.class}, (proxy, method, arguments) -> {
                    boolean fails = WRITES.contains(method.getName()) && ++writes == this.victim;
                    if (fails && !this.after) {
                        throw new DeadException();
                    }
                    try {
                        Object result = method.invoke(behind, arguments);
                        if (fails) {
                            throw new DeadException();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** @param after whether the write has been done */
    static FailingStore at(BlobStore behind, int write, boolean after) {
        return new FailingStore(behind, write, after);
    }

    /** A storage that does something before each call of a method. */
    static BlobStore before(BlobStore behind, String name, Runnable action) {
        return (BlobStore) Proxy.newProxyInstance(
                BlobStore.class.getClassLoader(), new Class<?>[] {BlobStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(name)) {
                        action.run();
                    }
                    try {
                        return method.invoke(behind, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    BlobStore store() {
        return store;
    }

    /** Whether the write came. */
    boolean died() {
        return writes >= victim;
    }

    /** The process has died. */
    static final class DeadException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
