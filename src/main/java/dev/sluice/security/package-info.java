/**
 * Who may use this server. Today there is one mode, open, which serves everybody who can connect; so it insists on the
 * loopback interface. It knows no feature. Start reading at {@link dev.sluice.security.OpenMode}.
 */
@NullMarked
package dev.sluice.security;

import org.jspecify.annotations.NullMarked;
