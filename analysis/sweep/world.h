// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace qnnsim {

/// What one process of a World has sent to another.
struct Message {
  int from = 0;  ///< rank
  std::string text;
};

/// Processes on one or more hosts, numbered from 0 on, that send each other messages. Messages from
/// one to another arrive in their order.
class World {
 public:
  virtual ~World() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;
  /// Returns at once.
  virtual void send(int to, const std::string& text) = 0;
  /// The next message that has arrived, if there is one. Must be called now and then for messages
  /// to leave.
  virtual std::optional<Message> receive() = 0;
};

/// The processes that mpirun started together, this one among them; nullptr where mpirun did not
/// start it. Throws InputError where the program was built without MPI.
///
/// MPI is a library of its own, `qnnsim_mpi`, which is loaded here: it would slow down the start of
/// the program by a third.
std::unique_ptr<World> mpi_world();

/// What that library exports.
inline constexpr char kMpiWorldMaker[] = "qnnsim_make_mpi_world";
using MpiWorldMaker = World* (*)();

}  // namespace qnnsim
