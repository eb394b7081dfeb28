// SPDX-License-Identifier: Apache-2.0
//
// libsystemc refers to sc_main, because it brings a main of its own. Ours elaborates through the
// engines and never gets here.

#include <cstdio>

extern "C" int sc_main(int, char**) {
  std::fputs("internal error: started through SystemC's main\n", stderr);
  return 1;
}
