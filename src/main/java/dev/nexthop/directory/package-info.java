/** Who is local and who may log in. */
@NullMarked
package dev.nexthop.directory;

import org.jspecify.annotations.NullMarked;
