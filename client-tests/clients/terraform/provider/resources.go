package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const groupsVersion = "2023-07-01"

func fixed() []planmodifier.String {
	return []planmodifier.String{stringplanmodifier.RequiresReplace()}
}

// signedIn is what both resources have of the provider.
type signedIn struct{ account *account }

func (s *signedIn) Configure(_ context.Context, request resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	s.account, _ = request.ProviderData.(*account)
}

// group is a resource group: a name, a place, tags.
type group struct{ signedIn }

type groupModel struct {
	ID       types.String `tfsdk:"id"`
	Name     types.String `tfsdk:"name"`
	Location types.String `tfsdk:"location"`
	Tags     types.Map    `tfsdk:"tags"`
}

func (*group) Metadata(_ context.Context, _ resource.MetadataRequest, answer *resource.MetadataResponse) {
	answer.TypeName = "arm_resource_group"
}

func (*group) Schema(_ context.Context, _ resource.SchemaRequest, answer *resource.SchemaResponse) {
	answer.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id":       schema.StringAttribute{Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()}},
		"name":     schema.StringAttribute{Required: true, PlanModifiers: fixed()},
		"location": schema.StringAttribute{Required: true, PlanModifiers: fixed()},
		"tags":     schema.MapAttribute{Optional: true, ElementType: types.StringType},
	}}
}

func (g *group) path(name string) string {
	return fmt.Sprintf("/subscriptions/%s/resourceGroups/%s", g.account.subscription, name)
}

// Its name in messages, as azurerm's ids have it.
func (g *group) called(name string) string {
	return fmt.Sprintf("Resource Group (Subscription: %q\nResource Group Name: %q)", g.account.subscription, name)
}

func (g *group) write(ctx context.Context, verb string, model *groupModel) error {
	body := map[string]any{"location": model.Location.ValueString()}
	tags := map[string]string{}
	if model.Tags.ElementsAs(ctx, &tags, false); len(tags) > 0 {
		body["tags"] = tags
	}
	name := model.Name.ValueString()
	if err := g.account.write(ctx, g.path(name), groupsVersion, body); err != nil {
		return fmt.Errorf("%s %s: %+v", verb, g.called(name), err)
	}
	model.ID = types.StringValue(g.path(name))
	return nil
}

func (g *group) Create(ctx context.Context, request resource.CreateRequest, answer *resource.CreateResponse) {
	var model groupModel
	answer.Diagnostics.Append(request.Plan.Get(ctx, &model)...)
	if err := g.write(ctx, "creating", &model); err != nil {
		answer.Diagnostics.AddError(err.Error(), "")
		return
	}
	answer.Diagnostics.Append(answer.State.Set(ctx, model)...)
}

func (g *group) Update(ctx context.Context, request resource.UpdateRequest, answer *resource.UpdateResponse) {
	var model groupModel
	answer.Diagnostics.Append(request.Plan.Get(ctx, &model)...)
	if err := g.write(ctx, "updating", &model); err != nil {
		answer.Diagnostics.AddError(err.Error(), "")
		return
	}
	answer.Diagnostics.Append(answer.State.Set(ctx, model)...)
}

func (g *group) Read(ctx context.Context, request resource.ReadRequest, answer *resource.ReadResponse) {
	var model groupModel
	answer.Diagnostics.Append(request.State.Get(ctx, &model)...)
	name := model.Name.ValueString()
	found, err := g.account.read(ctx, g.path(name), groupsVersion)
	if err != nil {
		answer.Diagnostics.AddError(fmt.Sprintf("retrieving %s: %+v", g.called(name), err), "")
		return
	}
	if found == nil {
		answer.State.RemoveResource(ctx)
		return
	}
	if location, _ := found["location"].(string); location != "" {
		model.Location = types.StringValue(location)
	}
	tags, _ := found["tags"].(map[string]any)
	if len(tags) > 0 || !model.Tags.IsNull() {
		model.Tags, _ = types.MapValueFrom(ctx, types.StringType, tags)
	}
	answer.Diagnostics.Append(answer.State.Set(ctx, model)...)
}

func (g *group) Delete(ctx context.Context, request resource.DeleteRequest, answer *resource.DeleteResponse) {
	var model groupModel
	answer.Diagnostics.Append(request.State.Get(ctx, &model)...)
	name := model.Name.ValueString()
	if err := g.account.remove(ctx, g.path(name), groupsVersion); err != nil {
		answer.Diagnostics.AddError(fmt.Sprintf("deleting %s: %+v", g.called(name), err), "")
	}
}

// generic is any resource: its id, the version of its API, its body.
type generic struct{ signedIn }

type genericModel struct {
	ID      types.String `tfsdk:"resource_id"`
	Version types.String `tfsdk:"api_version"`
	Body    types.String `tfsdk:"body"`
}

func (*generic) Metadata(_ context.Context, _ resource.MetadataRequest, answer *resource.MetadataResponse) {
	answer.TypeName = "arm_resource"
}

func (*generic) Schema(_ context.Context, _ resource.SchemaRequest, answer *resource.SchemaResponse) {
	answer.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"resource_id": schema.StringAttribute{Required: true, PlanModifiers: fixed()},
		"api_version": schema.StringAttribute{Required: true},
		"body":        schema.StringAttribute{Required: true},
	}}
}

func (g *generic) write(ctx context.Context, verb string, model *genericModel) error {
	err := g.account.write(ctx, model.ID.ValueString(), model.Version.ValueString(), json.RawMessage(model.Body.ValueString()))
	if err != nil {
		return fmt.Errorf("%s %s: %+v", verb, model.ID.ValueString(), err)
	}
	return nil
}

func (g *generic) Create(ctx context.Context, request resource.CreateRequest, answer *resource.CreateResponse) {
	var model genericModel
	answer.Diagnostics.Append(request.Plan.Get(ctx, &model)...)
	if err := g.write(ctx, "creating", &model); err != nil {
		answer.Diagnostics.AddError(err.Error(), "")
		return
	}
	answer.Diagnostics.Append(answer.State.Set(ctx, model)...)
}

func (g *generic) Update(ctx context.Context, request resource.UpdateRequest, answer *resource.UpdateResponse) {
	var model genericModel
	answer.Diagnostics.Append(request.Plan.Get(ctx, &model)...)
	if err := g.write(ctx, "updating", &model); err != nil {
		answer.Diagnostics.AddError(err.Error(), "")
		return
	}
	answer.Diagnostics.Append(answer.State.Set(ctx, model)...)
}

func (g *generic) Read(ctx context.Context, request resource.ReadRequest, answer *resource.ReadResponse) {
	var model genericModel
	answer.Diagnostics.Append(request.State.Get(ctx, &model)...)
	found, err := g.account.read(ctx, model.ID.ValueString(), model.Version.ValueString())
	if err != nil {
		answer.Diagnostics.AddError(fmt.Sprintf("retrieving %s: %+v", model.ID.ValueString(), err), "")
	} else if found == nil {
		answer.State.RemoveResource(ctx)
	}
}

func (g *generic) Delete(ctx context.Context, request resource.DeleteRequest, answer *resource.DeleteResponse) {
	var model genericModel
	answer.Diagnostics.Append(request.State.Get(ctx, &model)...)
	if err := g.account.remove(ctx, model.ID.ValueString(), model.Version.ValueString()); err != nil {
		answer.Diagnostics.AddError(fmt.Sprintf("deleting %s: %+v", model.ID.ValueString(), err), "")
	}
}
