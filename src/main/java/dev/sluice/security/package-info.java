/**
 * Access control. The only mode is open, which serves every client that can connect, so it requires the loopback
 * interface. It depends on no feature. Start reading at {@link dev.sluice.security.OpenMode}.
 */
@NullMarked
package dev.sluice.security;

import org.jspecify.annotations.NullMarked;
