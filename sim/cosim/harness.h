// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace qnnsim {

/// What a compiled kernel offers: functions of `kernel.so`, by these names.
struct HarnessApi {
  void* (*qnn_create)();
  void (*qnn_destroy)(void* kernel);
  /// Settles the kernel after its inputs have changed.
  void (*qnn_eval)(void* kernel);
  /// Where port number `index`, in the order given to `harness_text`, is stored: 1, 2, 4 or 8 bytes
  /// as its width needs, or 32-bit words beyond 64 bits.
  void* (*qnn_port)(void* kernel, int index);
  /// 0 until $stop, $finish, $fatal or an assertion has spoken.
  const int* (*qnn_stopped)(void* kernel);
  /// What the kernel has printed so far, assertions included.
  const char* (*qnn_said)(void* kernel);
};

/// Precompiled for every kernel: Verilator's header, and where the kernel's printing goes.
std::string harness_header();

/// The translation unit of a kernel: the verilated model of prefix `Vkernel`, in the files
/// `generated`, and the functions of HarnessApi. `ports` are named as in Verilog.
std::string harness_text(const std::vector<std::string>& generated,
                         const std::vector<std::string>& ports);

}  // namespace qnnsim
