// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/data_type.h"

namespace qnnsim {

/// How a kernel in SystemVerilog reads the bits of an element: its parameters `...Kind`.
enum class RtlKind : std::uint8_t {
  kUnsigned = 0,
  kSigned = 1,   ///< two's complement
  kBipolar = 2,  ///< one bit: 0 is -1, 1 is +1
};

RtlKind rtl_kind(DataType type);

/// The bits of one element as they stand on a wire, in the least significant `type.bits()`.
inline std::uint32_t to_wire(Value value, DataType type) {
  if (type.is_bipolar()) return value > 0 ? 1 : 0;
  return static_cast<std::uint32_t>(value) & ~std::uint32_t{0} >> (32 - type.bits());
}

/// The element whose bits are `wire`; higher bits are ignored.
inline Value from_wire(std::uint32_t wire, DataType type) {
  const int unused = 32 - type.bits();
  if (type.is_bipolar()) return (wire & 1u) != 0 ? 1 : -1;
  if (!type.is_signed()) return static_cast<Value>(wire << unused >> unused);
  return static_cast<Value>(wire << unused) >> unused;
}

/// Contents of a memory inside a kernel: words of `lanes` elements, lane 0 in the least significant
/// bits. The kernel reads them with $readmemh from the file that its parameter names, or whose name
/// begins so.
struct RtlMemory {
  std::string parameter;  ///< "WeightFile": what the file is called without its end
  int lanes = 1;          ///< [elements per word]
  DataType type = DataType::bipolar();
  std::vector<Value> values;  ///< words x lanes

  std::string file() const { return parameter + ".hex"; }
};

/// The SystemVerilog twin of a kernel: module `qnn_<block>` of rtl/, its parameters, and which of
/// its ports carry which stream.
///
/// Ports of a stream are `<prefix>valid_i`, `<prefix>ready_o`, `<prefix>data_i` of an input and
/// `<prefix>valid_o`, `<prefix>ready_i`, `<prefix>data_o` of an output. Streams of the same prefix
/// share their ports, side by side, the first in the least significant bits. Lane 0 of a beat is in
/// the least significant bits.
struct RtlModule {
  explicit RtlModule(std::string module_) : module(std::move(module_)) {}

  RtlModule& set(const std::string& name, std::int64_t value);
  /// A list of 32-bit integers as one vector, the first in the least significant bits.
  RtlModule& set(const std::string& name, const std::vector<std::int64_t>& values);
  /// `<prefix>Width` and `<prefix>Kind` of an element.
  RtlModule& set_type(const std::string& prefix, DataType type);
  RtlModule& set_text(const std::string& name, const std::string& text);
  RtlModule& set_memory(RtlMemory memory);

  std::string module;
  std::vector<std::pair<std::string, std::string>> parameters;  ///< name, Verilog literal
  std::vector<RtlMemory> memories;
  std::vector<std::string> input_prefixes = {""};   ///< of every input of the kernel
  std::vector<std::string> output_prefixes = {""};  ///< of every output of the kernel
  /// Prefixes of inputs that these parameters switch off, and the width of their data [bits].
  std::vector<std::pair<std::string, std::int64_t>> unused_inputs;
};

}  // namespace qnnsim
