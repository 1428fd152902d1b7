terraform {
  required_providers {
    arm = { source = "registry.example/entrasim/arm" }
  }
}

provider "arm" {}

variable "team" {
  default = "nightly"
}

resource "arm_resource_group" "nightly" {
  name     = "nightly"
  location = "westeurope"
  tags     = { team = var.team }
}

resource "arm_resource" "store" {
  resource_id = "${arm_resource_group.nightly.id}/providers/Microsoft.Storage/storageAccounts/contosostore"
  api_version = "2023-01-01"
  body = jsonencode({
    location = arm_resource_group.nightly.location
    kind     = "StorageV2"
    sku      = { name = "Standard_LRS" }
  })
}
