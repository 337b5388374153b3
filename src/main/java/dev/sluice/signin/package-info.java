/** Sessions of people who sign in to the console by OpenID Connect. */
@NullMarked
package dev.sluice.signin;

import org.jspecify.annotations.NullMarked;
