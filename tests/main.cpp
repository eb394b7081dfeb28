// SPDX-License-Identifier: Apache-2.0
//
// An object of our own, because the linker would take SystemC's main before one from an archive.

#include <gtest/gtest.h>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
