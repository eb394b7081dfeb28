// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/data_type.h"
#include "models/kernel.h"
#include "models/mac_style.h"
#include "models/tensor.h"

namespace qnnsim {

/// The named values a user gave for one thing. Every read is checked on the spot; what is wrong is
/// kept as a finding with its place in the file, and a legal value is returned so that checking
/// goes on. A key that nobody asked for is an error in the end.
class AttributeReader {
 public:
  virtual ~AttributeReader() = default;

  virtual bool has(std::string_view key) = 0;
  /// An integer in [low, high]; `fallback` where the key is absent, and an error where neither is
  /// given.
  virtual std::int64_t integer(std::string_view key, std::optional<std::int64_t> fallback,
                               std::int64_t low, std::int64_t high) = 0;
  /// One integer, or a list of 1..`most` integers, each in [low, high]; empty where the key is
  /// absent.
  virtual std::vector<std::int64_t> integers(std::string_view key, std::int64_t low,
                                             std::int64_t high, std::size_t most) = 0;
  virtual bool boolean(std::string_view key, bool fallback) = 0;
  virtual DataType type(std::string_view key) = 0;
  /// One of `choices`; the first is the fallback.
  virtual std::string choice(std::string_view key, const std::vector<std::string>& choices) = 0;
  /// Adds a finding at the value of `key` (at the whole thing if it has no such key).
  virtual void complain(std::string_view key, const std::string& message,
                        const std::string& hint = {}) = 0;

  /// An integer of at least 1: of channels, of beats, ...
  int count(std::string_view key, std::optional<int> fallback = {});
  /// `key` as [height, width]: one integer stands for both.
  std::pair<int, int> height_width(std::string_view key, std::optional<int> fallback, int low);
};

/// A constant that a layer needs: drawn from the seed, or read from `<key>_file`.
struct ConstantSpec {
  std::string key;         ///< "weights", "thresholds", ...
  std::vector<int> shape;  ///< row-major; a file may also give [1, ...] for a leading dimension
  DataType type;           ///< values that a file may hold
  Value draw_low = 0;      ///< least value drawn
  Value draw_high = 0;     ///< greatest value drawn
  bool ascending = false;  ///< sorted along the last dimension
  bool narrow = false;     ///< without the least value of `type`
};

/// The constants of one layer by key.
using Constants = std::map<std::string, Constant>;

/// A stream inside the graph that is being built: output `port` of kernel number `kernel`.
struct Stream {
  int kernel = -1;
  int port = 0;
};

/// A tensor in memory that a kernel reads over and over.
struct MemoryRead {
  std::string tensor;  ///< "<layer>.weights"
  DataType type = DataType::bipolar();
  std::uint64_t elements = 1;  ///< of a pass
  std::uint64_t passes = 1;    ///< of the whole run
  std::uint64_t buffers = 1;   ///< [passes] that lie behind each other in memory
  std::vector<Value> values;   ///< [buffers][elements]; empty when only beats are carried
};

/// What an operator needs to turn itself into kernels. Between a stream and a kernel whose beats
/// have another width, the builder inserts a width converter; behind a stream read twice, a fork.
class DataflowBuilder {
 public:
  virtual ~DataflowBuilder() = default;

  /// The stream that carries the layer's input number `index`.
  virtual Stream input(int index) = 0;
  /// The port that `stream` comes out of.
  virtual Port port(Stream stream) const = 0;
  /// Adds kernel `<layer>.<kind>`, reading `inputs`, and returns its output 0.
  virtual Stream add(std::string_view kind, std::unique_ptr<Kernel> kernel,
                     const std::vector<Stream>& inputs) = 0;

  /// The same for kernels whose frame may be several of the network's: beats a frame need not
  /// agree.
  virtual Stream add_across_frames(std::string_view kind, std::unique_ptr<Kernel> kernel,
                                   const std::vector<Stream>& inputs) = 0;
  /// Adds what reads a tensor from memory as a stream.
  virtual Stream read_memory(const MemoryRead& what) = 0;
  virtual const std::string& layer() const = 0;
  virtual std::uint64_t frames() const = 0;  ///< of the run

  /// Folding of `<layer>.<kind>`: a divisor of `whole` ("the 64 output channels"). A value that was
  /// given by name must divide; one from `default` is reduced to the largest divisor not above it;
  /// without either, the largest divisor not above `fallback`.
  virtual int divisor(std::string_view kind, std::string_view key, int whole,
                      const std::string& what, int fallback) = 0;
  /// The same, but only for a value that was given to exactly `<layer>.<kind>`.
  virtual int own_divisor(std::string_view kind, std::string_view key, int whole,
                          const std::string& what, int fallback) = 0;
  virtual bool flag(std::string_view kind, std::string_view key) = 0;
  virtual std::string choice(std::string_view kind, std::string_view key,
                             const std::vector<std::string>& choices) = 0;
  virtual void complain(std::string_view kind, std::string_view key, const std::string& message,
                        const std::string& hint = {}) = 0;

  /// What the DSP slices of the platform are; kLut where that is not known.
  virtual MacStyle dsp_style() const = 0;

  /// The layer's constants; nullptr when only beats are carried.
  virtual const Constants* constants() const = 0;
};

struct ConvolutionShape;

/// One layer of a network: its shapes, its constants, its kernels, and its meaning on whole
/// tensors.
class Operator {
 public:
  virtual ~Operator() = default;
  virtual TensorShape output() const = 0;
  virtual std::vector<ConstantSpec> constants() const { return {}; }
  virtual Stream lower(DataflowBuilder& builder) const = 0;
  /// The reference computation; shares no code with the kernels.
  virtual Tensor reference(const std::vector<const Tensor*>& inputs,
                           const Constants& constants) const = 0;
  /// Multiply-accumulates of one frame.
  virtual std::uint64_t macs() const { return 0; }
  /// What it multiplies with its constant `weights`; nothing where it does something else.
  virtual std::optional<ConvolutionShape> convolution() const;
};

/// How to make an operator from what a network file says of a layer.
struct OperatorEntry {
  std::size_t min_inputs = 1;
  std::size_t max_inputs = 1;
  /// May return nullptr after complaining.
  std::function<std::unique_ptr<Operator>(AttributeReader&, const std::vector<TensorShape>&)>
      create;
};

/// Every operator by the name that `op:` gives it.
const std::map<std::string, OperatorEntry, std::less<>>& operators();

/// A namespace-scope object of this type adds an operator.
struct OperatorRegistration {
  OperatorRegistration(std::string name, OperatorEntry entry);
};

/// The narrowest type for [low, high]; complains of `key` where 32 bits do not hold it.
DataType type_holding(std::int64_t low, std::int64_t high, AttributeReader& attributes,
                      std::string_view key);

/// For the lower() of an operator that has no kernel: complains of `why` and throws ParameterError.
[[noreturn]] void refuse_to_stream(DataflowBuilder& builder, const std::string& why);

/// All divisors of `whole`, ascending.
std::vector<int> divisors(int whole);

}  // namespace qnnsim
