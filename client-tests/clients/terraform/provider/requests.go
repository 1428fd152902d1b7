package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/hashicorp/go-azure-sdk/sdk/client"
	"github.com/hashicorp/go-azure-sdk/sdk/client/resourcemanager"
)

// Longer than any write here takes; the library refuses to work without an end.
const patience = 5 * time.Minute

// account is where the provider is signed in.
type account struct {
	subscription string
	client       func(version string) (*resourcemanager.Client, error)
}

// call sends one request, and waits for what it started, as the generated clients of the library do.
func (a *account) call(ctx context.Context, name, method, path, version string, body any, expected ...int) (map[string]any, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	arm, err := a.client(version)
	if err != nil {
		return nil, err
	}
	request, err := arm.NewRequest(ctx, client.RequestOptions{
		ContentType:         "application/json; charset=utf-8",
		ExpectedStatusCodes: expected,
		HttpMethod:          method,
		Path:                path,
	})
	if err != nil {
		return nil, err
	}
	if body != nil {
		if err := request.Marshal(body); err != nil {
			return nil, err
		}
	}
	response, err := request.Execute(ctx)
	if err != nil {
		return nil, fmt.Errorf("performing %s: %+v", name, err)
	}
	if response.StatusCode == http.StatusAccepted {
		poller, err := resourcemanager.PollerFromResponse(response, arm)
		if err != nil {
			return nil, err
		}
		return nil, poller.PollUntilDone(ctx)
	}
	var found map[string]any
	if response.StatusCode == http.StatusNoContent || response.ContentLength == 0 {
		return nil, nil
	}
	return found, response.Unmarshal(&found)
}

func (a *account) write(ctx context.Context, path, version string, body any) error {
	_, err := a.call(ctx, "CreateOrUpdate", http.MethodPut, path, version, body, http.StatusOK, http.StatusCreated)
	return err
}

// read gives nil for what is not there.
func (a *account) read(ctx context.Context, path, version string) (map[string]any, error) {
	found, err := a.call(ctx, "Get", http.MethodGet, path, version, nil, http.StatusOK, http.StatusNotFound)
	if _, failed := found["error"]; failed {
		return nil, err
	}
	return found, err
}

func (a *account) remove(ctx context.Context, path, version string) error {
	_, err := a.call(ctx, "Delete", http.MethodDelete, path, version, nil, http.StatusOK, http.StatusAccepted, http.StatusNoContent)
	return err
}
