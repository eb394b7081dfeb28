// SPDX-License-Identifier: Apache-2.0
//
// The library qnnsim_mpi: all that knows of MPI.

#include <mpi.h>

#include <list>
#include <utility>

#include "analysis/sweep/world.h"

namespace qnnsim {
namespace {

constexpr int kTag = 0;

class MpiWorld final : public World {
 public:
  MpiWorld() {
    MPI_Init(nullptr, nullptr);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }
  ~MpiWorld() override {
    for (Leaving& leaving : leaving_) MPI_Wait(&leaving.request, MPI_STATUS_IGNORE);
    MPI_Finalize();
  }
  MpiWorld(const MpiWorld&) = delete;
  MpiWorld& operator=(const MpiWorld&) = delete;

  int rank() const override { return rank_; }
  int size() const override { return size_; }

  void send(int to, const std::string& text) override {
    Leaving& leaving = leaving_.emplace_back();
    leaving.text = text;
    MPI_Isend(leaving.text.data(), static_cast<int>(leaving.text.size()), MPI_BYTE, to, kTag,
              MPI_COMM_WORLD, &leaving.request);
  }

  std::optional<Message> receive() override {
    leaving_.remove_if([](Leaving& leaving) {
      int has_left = 0;
      MPI_Test(&leaving.request, &has_left, MPI_STATUS_IGNORE);
      return has_left != 0;
    });
    int has_come = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, kTag, MPI_COMM_WORLD, &has_come, &status);
    if (has_come == 0) return std::nullopt;
    int size = 0;
    MPI_Get_count(&status, MPI_BYTE, &size);
    Message message{status.MPI_SOURCE, std::string(static_cast<std::size_t>(size), '\0')};
    MPI_Recv(message.text.data(), size, MPI_BYTE, message.from, kTag, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    return message;
  }

 private:
  /// A message that MPI still reads from.
  struct Leaving {
    std::string text;
    MPI_Request request = MPI_REQUEST_NULL;
  };

  int rank_ = 0;
  int size_ = 1;
  std::list<Leaving> leaving_;
};

}  // namespace

extern "C" World* qnnsim_make_mpi_world() { return new MpiWorld; }

}  // namespace qnnsim
