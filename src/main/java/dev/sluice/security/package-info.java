/**
 * Access control: who sends a request ({@link dev.sluice.security.Caller}) and what it may do
 * ({@link dev.sluice.security.Permissions}). It depends on no feature. Start reading at
 * {@link dev.sluice.security.SecurityConfiguration}, which decides who gets in, and
 * {@link dev.sluice.security.AccessInterceptor}, which denies what no handler allows.
 */
@NullMarked
package dev.sluice.security;

import org.jspecify.annotations.NullMarked;
